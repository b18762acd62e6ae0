using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Templates;

/// <summary>What CloudFormation would make of a template with these values in this region, the stacks inside it included.</summary>
internal sealed class Deployment
{
    private readonly Dictionary<string, Deployment> _nested = [];

    /// <exception cref="ArgumentException">CloudFormation would not take a parameter's value.</exception>
    public Deployment(string template, string region, params IEnumerable<(string Name, string Value)> values)
    {
        Template = new Template(template);
        Region = new Region(region);
        Values = Complete(Template, values);
        Evaluation = new Evaluation(Template, Values, Region, (stack, output) => Nested(stack).Output(output));
        Refusals = [.. Template.Rules.Values.SelectMany(Refuse)];
    }

    public Template Template { get; }

    public Region Region { get; }

    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>The sentences of the rules' assertions that do not hold; where there is one, nothing is deployed.</summary>
    public IReadOnlyList<string> Refusals { get; }

    /// <summary>The resources whose conditions hold, by their logical names, with the type and the properties as they are sent.</summary>
    public IReadOnlyDictionary<string, object> Resources => field ??= Template.Resources
        .Where(pair => Evaluation.Exists(pair.Value))
        .ToDictionary(pair => pair.Key, pair => Evaluation.Resolve(pair.Value));

    /// <summary>The resources of this template and of those inside it.</summary>
    public IEnumerable<(string Name, object Resource)> AllResources() => Resources
        .Select(pair => (pair.Key, pair.Value))
        .Concat(Resources.Where(pair => pair.Value.Text("Type") == "AWS::Serverless::Application").SelectMany(pair => Nested(pair.Key).AllResources()));

    public IReadOnlyDictionary<string, object> Outputs => field ??= Template.Outputs
        .Where(pair => Evaluation.Exists(pair.Value))
        .ToDictionary(pair => pair.Key, pair => Evaluation.Resolve(pair.Value.At("Value")!));

    /// <summary>The function's environment variables.</summary>
    public Dictionary<string, object> Variables => Resources["Function"].Map("Properties", "Environment", "Variables");

    /// <summary>The statements of every policy that belongs to the role.</summary>
    public IEnumerable<object> Statements(string role = "Role") =>
        Resources[role].Items("Properties", "Policies").SelectMany(policy => policy.Items("PolicyDocument", "Statement"));

    public string Output(string name) =>
        (string)Evaluation.Resolve(Template.Outputs[name].At("Value") ?? throw new ArgumentException($"No output {name}."));

    public Deployment Nested(string stack)
    {
        if (!_nested.TryGetValue(stack, out var nested))
        {
            var properties = Evaluation.Resolve(Template.Resources[stack].At("Properties")!);
            nested = new Deployment(properties.Text("Location")!, Region.Name, properties.Map("Parameters").Select(pair => (pair.Key, (string)pair.Value)));
            _nested.Add(stack, nested);
        }

        return nested;
    }

    private Evaluation Evaluation { get; }

    private IEnumerable<string> Refuse(object rule) =>
        rule.At("RuleCondition") is { } condition && !Evaluation.Test(condition)
            ? []
            : rule.Items("Assertions").Where(assertion => !Evaluation.Test(assertion.At("Assert")!)).Select(assertion => assertion.Text("AssertDescription")!);

    private static Dictionary<string, string> Complete(Template template, IEnumerable<(string Name, string Value)> given)
    {
        var values = template.Parameters.Where(pair => pair.Value.Text("Default") is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Text("Default")!);
        foreach (var (name, value) in given)
        {
            values[name] = template.Parameters.ContainsKey(name) ? value : throw new ArgumentException($"{template.Name} has no parameter {name}.");
        }

        foreach (var (name, parameter) in template.Parameters)
        {
            Check(name, parameter, values.GetValueOrDefault(name) ?? throw new ArgumentException($"{template.Name} needs {name}."));
        }

        return values;
    }

    private static void Check(string name, object parameter, string value)
    {
        var isAllowed = parameter.Items("AllowedValues") is not { Count: > 0 } allowed || allowed.Contains(value);
        var matches = parameter.Text("AllowedPattern") is not { } pattern || Regex.IsMatch(value, $"^(?:{pattern})$");
        var fits = value.Length <= int.Parse(parameter.Text("MaxLength") ?? "4096");
        var isNumber = parameter.Text("Type") != "Number"
            || (double.TryParse(value, out var number)
                && number >= double.Parse(parameter.Text("MinValue") ?? "-1e9") && number <= double.Parse(parameter.Text("MaxValue") ?? "1e9"));
        if (!isAllowed || !matches || !fits || !isNumber)
        {
            throw new ArgumentException($"{name} cannot be '{value}'.");
        }
    }
}
