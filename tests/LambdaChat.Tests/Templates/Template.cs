using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Templates;

/// <summary>A template as it is written, without evaluation.</summary>
internal sealed partial class Template(string name)
{
    // Each file is read once for all tests. Nothing changes a tree.
    private static readonly ConcurrentDictionary<string, Dictionary<string, object>> Roots = [];

    public string Name { get; } = name;

    public Dictionary<string, object> Root { get; } = Roots.GetOrAdd(name, TemplateYaml.Read);

    public Dictionary<string, object> Parameters => Root.Map("Parameters");

    public Dictionary<string, object> Rules => Root.Map("Rules");

    public Dictionary<string, object> Mappings => Root.Map("Mappings");

    public Dictionary<string, object> Conditions => Root.Map("Conditions");

    public Dictionary<string, object> Resources => Root.Map("Resources");

    public Dictionary<string, object> Outputs => Root.Map("Outputs");

    /// <summary>True if CloudFormation accepts the value of a parameter.</summary>
    public bool Accepts(string name, string value)
    {
        var parameter = Parameters[name];
        return (parameter.Items("AllowedValues") is not { Count: > 0 } allowed || allowed.Contains(value))
            && (parameter.Text("AllowedPattern") is not { } pattern || Regex.IsMatch(value, $@"^(?:{pattern})\z"))
            && value.Length <= int.Parse(parameter.Text("MaxLength") ?? "4096")
            && (parameter.Text("Type") != "Number" || IsInRange(parameter, value));
    }

    /// <summary>Every name that a function refers to: resources, parameters, attributes, conditions and maps.</summary>
    public IEnumerable<(string Path, string Function, string Name)> References()
    {
        foreach (var (path, node) in ((object)Root).Walk())
        {
            if (node is not Dictionary<string, object> map)
            {
                continue;
            }

            foreach (var (key, value) in map)
            {
                foreach (var reference in References(path, key, value))
                {
                    yield return (path, reference.Function, reference.Name);
                }
            }
        }
    }

    private static bool IsInRange(object parameter, string value) => double.TryParse(value, out var number)
        && number >= double.Parse(parameter.Text("MinValue") ?? "-1e9")
        && number <= double.Parse(parameter.Text("MaxValue") ?? "1e9");

    private static IEnumerable<(string Function, string Name)> References(string path, string key, object value) => key switch
    {
        "Ref" when value is string name => [("Ref", name)],
        "Fn::GetAtt" => [("Fn::GetAtt", value as string ?? string.Join('.', value.Items()))],
        "Fn::If" => [("Condition", value.Text("0")!)],
        "Condition" when value is string name => [("Condition", name)],
        "Fn::FindInMap" when value.Text("0") is { } name => [("Fn::FindInMap", name)],
        "Fn::Sub" => SubReferences(value),
        "DependsOn" => value.Items().Select(item => ("DependsOn", (string)item)),
        _ => [],
    };

    private static IEnumerable<(string Function, string Name)> SubReferences(object value)
    {
        var own = value.Map("1");
        return Placeholder().Matches(value as string ?? value.Text("0")!)
            .Select(match => match.Groups[1].Value)
            .Where(name => !own.ContainsKey(name))
            .Select(name => (name.Contains('.') ? "Fn::GetAtt" : "Ref", name));
    }

    /// <summary>A placeholder of <c>Fn::Sub</c>: <c>${Name}</c> or <c>${Name.Attribute}</c>.</summary>
    [GeneratedRegex(@"\$\{([A-Za-z0-9:.]+)\}")]
    public static partial Regex Placeholder();
}
