using System.Globalization;
using System.Reflection;
using LambdaChat.Local.Lambda;
using YamlDotNet.RepresentationModel;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>
/// The function in <c>template.yaml</c> with the default of every parameter. A value that no scalar and no default gives is left out.
/// </summary>
internal sealed class FunctionTemplate
{
    private readonly YamlMappingNode _parameters;
    private readonly YamlMappingNode _properties;

    private FunctionTemplate(YamlMappingNode root)
    {
        _parameters = (YamlMappingNode)root["Parameters"];
        _properties = (YamlMappingNode)((YamlMappingNode)root["Resources"]).Children.Values
            .Single(resource => (string?)resource["Type"] == "AWS::Serverless::Function")["Properties"];
    }

    public static FunctionTemplate Read()
    {
        var attributes = typeof(FunctionTemplate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        var path = attributes.Single(attribute => attribute.Key == "Template").Value!;
        using var reader = File.OpenText(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return new FunctionTemplate((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    /// <summary>Sets handler, memory and variables as Lambda does, with a read-only file system.</summary>
    public LambdaOptions ApplyTo(LambdaOptions options)
    {
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in ((YamlMappingNode)_properties["Environment"]["Variables"]).Children)
        {
            if (ValueOf(value) is { } text)
            {
                variables[(string)name!] = text;
            }
        }

        foreach (var (name, value) in options.Variables)
        {
            variables[name] = value;
        }

        return options with
        {
            Handler = ValueOf(_properties["Handler"]),
            MemorySize = int.Parse(ValueOf(_properties["MemorySize"])!, CultureInfo.InvariantCulture),
            Variables = variables,
            IsMemoryEnforced = true,
            IsReadOnly = true,
        };
    }

    // A scalar, the default of the parameter that !Ref names, or the last branch of !If, since these conditions are false by default.
    private string? ValueOf(YamlNode node) => node switch
    {
        YamlSequenceNode sequence when sequence.Tag == "!If" => ValueOf(sequence.Children[^1]),
        YamlScalarNode scalar when scalar.Tag.IsEmpty => scalar.Value,
        YamlScalarNode scalar when scalar.Tag == "!Ref" => DefaultOf(scalar.Value!),
        _ => null,
    };

    private string? DefaultOf(string parameter) =>
        _parameters.Children.TryGetValue(parameter, out var node) && ((YamlMappingNode)node).Children.TryGetValue("Default", out var value)
            ? (string?)value
            : null;
}
