using YamlDotNet.RepresentationModel;

namespace LambdaChat.Tests.Templates;

/// <summary>
/// Reads YAML files. Short forms of functions become long forms: <c>!Ref A</c> is <c>{"Ref": "A"}</c>.
/// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
/// </summary>
internal static class TemplateYaml
{
    public static Dictionary<string, object> Read(string name)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Files.Read(name)));
        return (Dictionary<string, object>)Read(yaml.Documents.Single().RootNode);
    }

    private static object Read(YamlNode node)
    {
        object value = node switch
        {
            YamlScalarNode scalar => scalar.Value ?? "",
            YamlSequenceNode sequence => sequence.Children.Select(Read).ToList(),
            YamlMappingNode mapping => mapping.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => Read(pair.Value)),
            // CloudFormation's tools treat aliases differently.
            _ => throw new NotSupportedException($"Line {node.Start.Line}: a YAML alias."),
        };
        return node.Tag is { IsEmpty: false, Value: ['!', .. var function] } && !function.StartsWith('!')
            ? new Dictionary<string, object> { [function is "Ref" or "Condition" ? function : $"Fn::{function}"] = value }
            : value;
    }
}
