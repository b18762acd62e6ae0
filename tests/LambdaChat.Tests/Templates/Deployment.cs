namespace LambdaChat.Tests.Templates;

/// <summary>The resources that CloudFormation creates from a template with these values in a Region, nested stacks included.</summary>
internal sealed class Deployment
{
    private readonly Dictionary<string, Deployment> _nested = [];

    /// <exception cref="ArgumentException">CloudFormation rejects the value of a parameter.</exception>
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

    /// <summary>The descriptions of the rules' assertions that fail. CloudFormation deploys nothing if there is one.</summary>
    public IReadOnlyList<string> Refusals { get; }

    /// <summary>The resources whose conditions hold, by logical ID, with all functions evaluated.</summary>
    public IReadOnlyDictionary<string, object> Resources => field ??= Template.Resources
        .Where(pair => Evaluation.Exists(pair.Value))
        .ToDictionary(pair => pair.Key, pair => Evaluation.Resolve(pair.Value));

    /// <summary>The resources of this template and of its nested stacks.</summary>
    public IEnumerable<(string Name, object Resource)> AllResources() => Resources
        .Select(pair => (pair.Key, pair.Value))
        .Concat(Resources
            .Where(pair => pair.Value.Text("Type") == "AWS::Serverless::Application")
            .SelectMany(pair => Nested(pair.Key).AllResources()));

    public IReadOnlyDictionary<string, object> Outputs => field ??= Template.Outputs
        .Where(pair => Evaluation.Exists(pair.Value))
        .ToDictionary(pair => pair.Key, pair => Evaluation.Resolve(pair.Value.At("Value")!));

    /// <summary>The function's environment variables.</summary>
    public Dictionary<string, object> Variables => Resources["Function"].Map("Properties", "Environment", "Variables");

    /// <summary>The statements of all inline policies of a role.</summary>
    public IEnumerable<object> Statements(string role = "Role") =>
        Resources[role].Items("Properties", "Policies").SelectMany(policy => policy.Items("PolicyDocument", "Statement"));

    public string Output(string name) =>
        (string)Evaluation.Resolve(Template.Outputs[name].At("Value") ?? throw new ArgumentException($"No output {name}."));

    public Deployment Nested(string stack)
    {
        if (!_nested.TryGetValue(stack, out var nested))
        {
            var properties = Evaluation.Resolve(Template.Resources[stack].At("Properties")!);
            var parameters = properties.Map("Parameters").Select(pair => (pair.Key, (string)pair.Value));
            nested = new Deployment(properties.Text("Location")!, Region.Name, parameters);
            _nested.Add(stack, nested);
        }

        return nested;
    }

    private Evaluation Evaluation { get; }

    private IEnumerable<string> Refuse(object rule) => rule.At("RuleCondition") is { } condition && !Evaluation.Test(condition)
        ? []
        : rule.Items("Assertions")
            .Where(assertion => !Evaluation.Test(assertion.At("Assert")!))
            .Select(assertion => assertion.Text("AssertDescription")!);

    private static Dictionary<string, string> Complete(Template template, IEnumerable<(string Name, string Value)> given)
    {
        var values = template.Parameters
            .Where(pair => pair.Value.Text("Default") is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value.Text("Default")!);
        foreach (var (name, value) in given)
        {
            values[name] = template.Parameters.ContainsKey(name)
                ? value
                : throw new ArgumentException($"{template.Name} has no parameter {name}.");
        }

        foreach (var name in template.Parameters.Keys)
        {
            var value = values.GetValueOrDefault(name) ?? throw new ArgumentException($"{template.Name} needs {name}.");
            if (!template.Accepts(name, value))
            {
                throw new ArgumentException($"{name} cannot be '{value}'.");
            }
        }

        return values;
    }
}
