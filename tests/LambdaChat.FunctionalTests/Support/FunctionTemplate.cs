using System.Globalization;
using System.Reflection;
using LambdaChat.Local.Lambda;
using YamlDotNet.RepresentationModel;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>What <c>template.yaml</c> says of the function where no parameter is given. A value that a condition decides is left out.</summary>
internal sealed class FunctionTemplate
{
    private readonly YamlMappingNode _parameters;
    private readonly YamlMappingNode _properties;

    private FunctionTemplate(YamlMappingNode root)
    {
        _parameters = (YamlMappingNode)root["Parameters"];
        _properties = (YamlMappingNode)((YamlMappingNode)root["Resources"]).Children.Values.Single(resource => (string?)resource["Type"] == "AWS::Serverless::Function")["Properties"];
    }

    public static FunctionTemplate Read()
    {
        var path = typeof(FunctionTemplate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Template").Value!;
        using var reader = File.OpenText(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return new FunctionTemplate((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    /// <summary>As Lambda would start it: handler, memory and variables, with a file system that cannot be written.</summary>
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

    // A plain value, or the default of the parameter that !Ref names.
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
