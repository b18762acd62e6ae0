using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>
/// Creates a small JSON value that fits a JSON schema: required properties, minimum lengths, enums, alternatives and references.
/// </summary>
internal static class SchemaExample
{
    private const int MaximumDepth = 16;

    public static JsonNode? Create(JsonObject schema) => Create(schema, schema, depth: 0);

    private static JsonNode? Create(JsonNode? node, JsonObject root, int depth)
    {
        if (node is not JsonObject schema || depth > MaximumDepth)
        {
            return node is JsonValue value && value.GetValueKind() == JsonValueKind.False ? null : new JsonObject();
        }

        return schema switch
        {
            _ when Text(schema["$ref"]) is { } reference => Create(Resolve(reference, root), root, depth + 1),
            _ when schema.ContainsKey("const") => schema["const"]?.DeepClone(),
            _ when schema["enum"] is JsonArray { Count: > 0 } values => values[0]?.DeepClone(),
            _ when schema.ContainsKey("default") => schema["default"]?.DeepClone(),
            _ when (schema["anyOf"] ?? schema["oneOf"]) is JsonArray { Count: > 0 } alternatives =>
                Create(alternatives[0], root, depth + 1),
            _ when schema["allOf"] is JsonArray parts => CreateAll(schema, parts, root, depth),
            _ => CreateOfType(schema, root, depth),
        };
    }

    private static JsonNode? CreateOfType(JsonObject schema, JsonObject root, int depth) => TypeOf(schema) switch
    {
        "object" => CreateObject(schema, root, depth),
        "array" => CreateArray(schema, root, depth),
        "integer" => JsonValue.Create((long)Math.Ceiling(Minimum(schema))),
        "number" => JsonValue.Create(Minimum(schema)),
        "boolean" => JsonValue.Create(true),
        "null" => null,
        _ => JsonValue.Create(CreateText(schema)),
    };

    private static JsonArray CreateArray(JsonObject schema, JsonObject root, int depth)
    {
        var count = (int)(Number(schema, "minItems") ?? 0);
        return [.. Enumerable.Range(0, count).Select(_ => Create(schema["items"], root, depth + 1))];
    }

    private static JsonObject CreateObject(JsonObject schema, JsonObject root, int depth)
    {
        var result = new JsonObject();
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(Text).OfType<string>())
        {
            result[name] = schema["properties"]?[name] is { } property ? Create(property, root, depth + 1) : JsonValue.Create(name);
        }

        return result;
    }

    private static JsonNode? CreateAll(JsonObject schema, JsonArray parts, JsonObject root, int depth)
    {
        var values = parts.Select(part => Create(part, root, depth + 1)).Append(CreateObject(schema, root, depth)).ToList();
        var objects = values.OfType<JsonObject>().SelectMany(static value => value).DistinctBy(static member => member.Key);
        return values[0] is JsonObject
            ? new JsonObject(objects.Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))
            : values[0];
    }

    private static string CreateText(JsonObject schema)
    {
        var text = Text(schema["format"]) switch
        {
            "date-time" => "2026-01-01T00:00:00Z",
            "date" => "2026-01-01",
            "time" => "00:00:00Z",
            "email" => "user@example.com",
            "uri" => "https://example.com",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            _ => "example",
        };
        text = Number(schema, "minLength") is { } minimum ? text.PadRight((int)minimum, 'x') : text;
        return Number(schema, "maxLength") is { } maximum && maximum < text.Length ? text[..(int)maximum] : text;
    }

    private static double Minimum(JsonObject schema) =>
        Number(schema, "minimum") ?? (Number(schema, "exclusiveMinimum") + 1) ?? Math.Min(1, Number(schema, "maximum") ?? 1);

    private static string TypeOf(JsonObject schema) =>
        Text(schema["type"]) ?? (schema["type"] is JsonArray { Count: > 0 } types ? Text(types[0]) : null)
        ?? (
            schema.ContainsKey("properties")
                || schema.ContainsKey("required") ? "object" : schema.ContainsKey("items") ? "array" : "string");

    // A reference within the document: #/$defs/NAME.
    private static JsonNode? Resolve(string reference, JsonObject root) => reference.TrimStart('#')
        .Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate((JsonNode?)root, static (node, name) => (node as JsonObject)?[name]);

    private static double? Number(JsonObject schema, string name) =>
        schema[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)
            : null;

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
