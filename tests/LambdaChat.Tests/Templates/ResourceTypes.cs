using System.Text.Json;

namespace LambdaChat.Tests.Templates;

/// <summary>
/// The properties and attributes of each resource type, from CloudFormation's specification. <c>Specification/extract.mjs</c> extracts them
/// from the npm package @aws-cdk/aws-service-spec. The constants below are the properties that SAM adds.
/// </summary>
internal static class ResourceTypes
{
    // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
    private static readonly string[] FunctionExtras = ["CodeUri"];
    private static readonly string[] ApplicationProperties = ["Location", "Parameters"];

    private static readonly JsonElement Types = JsonDocument.Parse(Files.Read("resource-types.json")).RootElement;

    public static bool HasAttribute(string type, string attribute) =>
        Types.GetProperty(Plain(type)).GetProperty("attributes").EnumerateArray().Any(known => known.ValueEquals(attribute));

    /// <summary>The errors in a resource's properties: unknown properties, missing properties, and values that are not allowed.</summary>
    public static IEnumerable<string> Complain(string name, object resource)
    {
        var type = resource.Text("Type")!;
        var properties = resource.Map("Properties");
        if (type == "AWS::Serverless::Application")
        {
            return properties.Keys.Except(ApplicationProperties).Select(key => $"{name}: {key}");
        }

        var known = type == "AWS::Serverless::Function"
            ? properties
                .Where(pair => !FunctionExtras.Contains(pair.Key))
                .Append(new("Code", new Dictionary<string, object>()))
                .ToDictionary()
            : properties;
        return Complain(name, known, Types.GetProperty(Plain(type)));
    }

    private static string Plain(string type) => type == "AWS::Serverless::Function" ? "AWS::Lambda::Function" : type;

    private static IEnumerable<string> Complain(string path, object node, JsonElement shape)
    {
        if (shape.TryGetProperty("each", out var each))
        {
            return node is List<object> list
                ? list.SelectMany((item, index) => Complain($"{path}/{index}", item, each))
                : [$"{path} must be a list"];
        }

        if (shape.TryGetProperty("map", out var values))
        {
            return node.Map().SelectMany(pair => Complain($"{path}/{pair.Key}", pair.Value, values));
        }

        if (shape.TryGetProperty("values", out var allowed))
        {
            return allowed.EnumerateArray().Any(value => value.ToString() == (string)node) ? [] : [$"{path} cannot be {node}"];
        }

        return shape.TryGetProperty("properties", out var properties) ? ComplainOfObject(path, node, shape, properties) : [];
    }

    private static IEnumerable<string> ComplainOfObject(string path, object node, JsonElement shape, JsonElement properties)
    {
        if (node is not Dictionary<string, object> map)
        {
            yield return $"{path} must be an object";
            yield break;
        }

        foreach (var name in shape.TryGetProperty("required", out var required) ? required.EnumerateArray() : [])
        {
            if (!map.ContainsKey(name.GetString()!))
            {
                yield return $"{path} lacks {name}";
            }
        }

        foreach (var (key, value) in map)
        {
            var complaints = properties.TryGetProperty(key, out var below)
                ? Complain($"{path}/{key}", value, below)
                : [$"{path}/{key} is unknown"];
            foreach (var complaint in complaints)
            {
                yield return complaint;
            }
        }
    }
}
