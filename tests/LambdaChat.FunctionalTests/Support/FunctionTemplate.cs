using System.Globalization;
using System.Reflection;
using LambdaChat.Local.Lambda;
using YamlDotNet.RepresentationModel;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>The function's settings in <c>template.yaml</c> with default parameters. Values that depend on a condition are left out.</summary>
internal sealed class FunctionTemplate
{
    private readonly YamlMappingNode _parameters;
    private readonly YamlMappingNode _properties;

    private FunctionTemplate(YamlMappingNode root)
    {
        _parameters = (YamlMappingNode)root["Parameters"];
        var resources = ((YamlMappingNode)root["Resources"]).Children.Values;
        _properties = (YamlMappingNode)resources.Single(resource => (string?)resource["Type"] == "AWS::Serverless::Function")["Properties"];
    }

    public static FunctionTemplate Read()
    {
        var path = typeof(FunctionTemplate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Template").Value!;
        using var reader = File.OpenText(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return new FunctionTemplate((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    /// <summary>Applies handler, memory and variables of the template, and a read-only file system.</summary>
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

    // A plain value, or the default of a parameter in !Ref.
    private string? ValueOf(YamlNode node)
    {
        if (node is not YamlScalarNode scalar)
        {
            return null;
        }

        return scalar.Tag.IsEmpty ? scalar.Value
            : scalar.Tag == "!Ref" && _parameters.Children.TryGetValue(scalar.Value!, out var parameter) && ((YamlMappingNode)parameter).Children.TryGetValue("Default", out var value)
            ? (string?)value
            : null;
    }
}
