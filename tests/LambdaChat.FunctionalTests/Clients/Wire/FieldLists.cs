using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// The fields of JSON objects, and the check of a value against them. A line without indentation begins an object; each indented line is a
/// field and its types: <c>name: string | null</c>, with <c>name?</c> for an optional field. A type is <c>string</c>, <c>text</c> (not
/// empty), <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>object</c>, <c>any</c>, <c>null</c>, a literal in quotes, the name of an
/// object, or one of these in brackets for an array. A field that is not listed is a fault.
/// </summary>
internal sealed class FieldLists
{
    private readonly Dictionary<string, Dictionary<string, Field>> _objects = [];

    public FieldLists(string text)
    {
        var fields = new Dictionary<string, Field>();
        foreach (var line in text.Split('\n').Where(static line => line.Trim() is { Length: > 0 } and not ['#', ..]))
        {
            if (line[0] != ' ')
            {
                _objects.Add(line.Trim(), fields = []);
                continue;
            }

            var (name, types) = line.Split(": ", 2) is [var first, var second] ? (first.Trim(), second) : throw new FormatException(line);
            fields.Add(name.TrimEnd('?'), new Field(name.EndsWith('?'), types.Split(" | ", StringSplitOptions.TrimEntries)));
        }
    }

    /// <summary>True if there is a list for the name.</summary>
    public bool Contains(string name) => _objects.ContainsKey(name);

    /// <summary>The faults of a value that must be the named object; empty without faults.</summary>
    public IEnumerable<string> FindFaults(string name, JsonNode? value, string path = "")
    {
        if (value is not JsonObject json)
        {
            return [$"{path} is not an object"];
        }

        var fields = _objects[name];
        var unknown = json.Where(member => !fields.ContainsKey(member.Key)).Select(member => $"{path}.{member.Key} is not in {name}");
        var missing = fields
            .Where(field => !field.Value.IsOptional && !json.ContainsKey(field.Key))
            .Select(field => $"{path}.{field.Key} is missing");
        var wrong = fields
            .Where(field => json.ContainsKey(field.Key))
            .SelectMany(field => FindFaults(field.Value.Types, json[field.Key], $"{path}.{field.Key}"));
        return [.. unknown, .. missing, .. wrong];
    }

    private IEnumerable<string> FindFaults(string[] types, JsonNode? value, string path)
    {
        if (types.Any(type => IsSimple(type, value)))
        {
            return [];
        }

        if (value is JsonArray array && types.FirstOrDefault(static type => type[0] == '[') is { } list)
        {
            var elements = list[1..^1].Split(", ");
            return array.SelectMany((element, i) => FindFaults(elements, element, $"{path}[{i}]"));
        }

        var objects = types.Where(_objects.ContainsKey).ToList();
        return value is not JsonObject json || objects.Count == 0
            ? [$"{path} is {value?.ToJsonString() ?? "null"}, not {string.Join(" | ", types)}"]
            : FindFaults(objects, json, path);
    }

    // Among several objects, the field "type" says which one is meant.
    private IEnumerable<string> FindFaults(List<string> objects, JsonObject json, string path)
    {
        var meant = objects.Count == 1 ? objects[0] : objects.Find(name => IsSimple(_objects[name]["type"].Types[0], json["type"]));
        return meant is null ? [$"{path}.type is {json["type"]?.ToJsonString()}"] : FindFaults(meant, json, path);
    }

    private static bool IsSimple(string type, JsonNode? value) => type switch
    {
        "any" => true,
        "null" => value is null,
        "object" => value is JsonObject,
        "string" => value?.GetValueKind() is JsonValueKind.String,
        "text" => value?.GetValueKind() is JsonValueKind.String && (string?)value is not "",
        "number" => value?.GetValueKind() is JsonValueKind.Number,
        "integer" => value?.GetValueKind() is JsonValueKind.Number && value.AsValue().TryGetValue<long>(out _),
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        ['"', .. var literal, '"'] => value?.GetValueKind() is JsonValueKind.String && (string?)value == literal,
        _ => false,
    };

    private sealed record Field(bool IsOptional, string[] Types);
}
