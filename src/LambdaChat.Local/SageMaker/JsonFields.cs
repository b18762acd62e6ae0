using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// An object of a request, read member by member. One that is left out or null has its type's empty value; one of another type is
/// refused by its name.
/// </summary>
/// <param name="path">What stands before a member's name.</param>
internal sealed class JsonFields(JsonObject json, string path = "")
{
    public string? Text(string name) =>
        json[name] is not { } node ? null : IsText(node) ? node.GetValue<string>() : throw Wrong(name, "must be a text");

    public int? Number(string name, int minimum = int.MinValue, int maximum = int.MaxValue) =>
        json[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue<int>(out var number) && number >= minimum && number <= maximum ? number
        : throw Wrong(name, "must be a whole number" + (minimum == int.MinValue ? "" : maximum == int.MaxValue ? $" from {minimum} on" : $" from {minimum} to {maximum}"));

    public bool Flag(string name) => json[name]?.GetValueKind() switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw Wrong(name, "must be true or false"),
    };

    public JsonFields? Object(string name) =>
        json[name] is not { } node ? null : node is JsonObject members ? new JsonFields(members, $"{path}{name}.") : throw Wrong(name, "must be an object");

    public IReadOnlyList<JsonFields> Objects(string name) => json[name] switch
    {
        null => [],
        JsonArray items => [.. items.Select((item, i) => item is JsonObject members ? new JsonFields(members, $"{path}{name}[{i}].") : throw Wrong(name, "must be a list of objects"))],
        _ => throw Wrong(name, "must be a list of objects"),
    };

    /// <summary>A list of texts, or one in place of a list.</summary>
    public IReadOnlyList<string> Texts(string name) => json[name] switch
    {
        JsonArray items => [.. items.Select(item => IsText(item) ? item!.GetValue<string>() : throw Wrong(name, "must be a text or a list of texts"))],
        _ => Text(name) is { } text ? [text] : [],
    };

    /// <summary>A text, or a list of parts that may have one.</summary>
    public string PartsText(string name) => json[name] switch
    {
        JsonArray => string.Concat(Objects(name).Select(static part => part.Text("text"))),
        _ => Text(name) ?? "",
    };

    public RefusedRequestException Wrong(string name, string expectation) => new($"{path}{name} {expectation}.");

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;
}
