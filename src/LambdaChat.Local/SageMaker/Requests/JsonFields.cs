using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>
/// Reads the members of a JSON object of a request. A missing member and null give the default of the type. A member of another type is an
/// error that names the member.
/// </summary>
/// <param name="path">Prefix of member names in errors.</param>
internal sealed class JsonFields(JsonObject json, string path = "")
{
    public JsonObject Json => json;

    public string? Text(string name) =>
        json[name] is not { } node ? null : IsText(node) ? node.GetValue<string>() : throw Invalid(name, "must be a string");

    public int? Number(string name, int minimum = int.MinValue, int maximum = int.MaxValue) =>
        json[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue<int>(out var number) && number >= minimum && number <= maximum ? number
        : throw Invalid(name, "must be an integer" + Range(minimum, maximum));

    public bool Flag(string name) => json[name]?.GetValueKind() switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw Invalid(name, "must be true or false"),
    };

    public JsonFields? Object(string name) =>
        json[name] is not { } node ? null : node is JsonObject members ? new JsonFields(members, $"{path}{name}.") : throw Invalid(
            name, "must be an object");

    public IReadOnlyList<JsonFields> Objects(string name) => json[name] switch
    {
        null => [],
        JsonArray items =>
            [.. items.Select((item, i) => new JsonFields(item as JsonObject ?? throw NotObjects(name), $"{path}{name}[{i}]."))],
        _ => throw NotObjects(name),
    };

    /// <summary>An array of strings, or a single string.</summary>
    public IReadOnlyList<string> Texts(string name) => json[name] switch
    {
        JsonArray items =>
            [.. items.Select(item => IsText(item) ? item!.GetValue<string>() : throw NotTexts(name))],
        _ => Text(name) is { } text ? [text] : [],
    };

    public IReadOnlyList<int> Numbers(string name) => json[name] switch
    {
        null => [],
        JsonArray items =>
            [.. items.Select(item => item is JsonValue value && value.TryGetValue<int>(out var number) ? number : throw NotNumbers(name))],
        _ => throw NotNumbers(name),
    };

    /// <summary>A string, or the joined <c>text</c> members of an array of content parts.</summary>
    public string PartsText(string name) => json[name] switch
    {
        JsonArray => string.Concat(Objects(name).Select(static part => part.Text("text"))),
        _ => Text(name) ?? "",
    };

    public RefusedRequestException Invalid(string name, string expectation) => new($"{path}{name} {expectation}.");

    private RefusedRequestException NotTexts(string name) => Invalid(name, "must be a string or an array of strings");

    private RefusedRequestException NotNumbers(string name) => Invalid(name, "must be an array of integers");

    private RefusedRequestException NotObjects(string name) => Invalid(name, "must be an array of objects");

    private static string Range(int minimum, int maximum) => (minimum, maximum) switch
    {
        (int.MinValue, _) => "",
        (_, int.MaxValue) => $" of at least {minimum}",
        _ => $" from {minimum} to {maximum}",
    };

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;
}
