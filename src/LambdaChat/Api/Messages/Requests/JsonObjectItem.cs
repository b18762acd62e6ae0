using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>An object inside a request. Its errors name the whole path, such as <c>messages[1].content[0].source</c>.</summary>
internal sealed class JsonObjectItem
{
    private readonly RequestJson _json;
    private readonly string _path;
    private readonly string? _tag;

    /// <param name="tag">
    /// The tag of an object of a union that has no <c>type</c>; null for an object that is not of a union. The tag is in the paths.
    /// </param>
    /// <exception cref="ErrorResponseException">The value is not an object.</exception>
    public JsonObjectItem(JsonItem item, string path, string? tag = null)
    {
        (_path, _tag) = (path, tag);
        _json = item.IsObject && RequestJson.TryParse(item.Json) is { } json
            ? json
            : throw new ErrorResponseException(FieldErrors.WrongType(path, FieldType.Object, item.Json.Span));
    }

    /// <summary>The object's <c>type</c>; empty if it has none.</summary>
    public string Type => FindText("type") is { } type ? JsonText.Decode(type.Span) : "";

    /// <summary>A member, or null if it is missing or its value is null.</summary>
    public JsonItem? Find(string name) =>
        _json.Find(name) is { } member ? new JsonItem(member.Type, _json.Body[member.ValueStart..member.ValueEnd]) : null;

    /// <summary>An escaped string without its quotes, or null if it is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The value is not a string.</exception>
    public ReadOnlyMemory<byte>? FindText(string name) =>
        Find(name) is not { } item ? (ReadOnlyMemory<byte>?)null : item.IsText ? item.Text : throw Missing(name, FieldType.String);

    /// <summary>A required string, escaped and without its quotes.</summary>
    /// <exception cref="ErrorResponseException">The value is missing, or not a string.</exception>
    public ReadOnlyMemory<byte> Text(string name) => FindText(name) ?? throw Missing(name, FieldType.String);

    /// <summary>A positive integer, or null if it is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The value is not a positive integer.</exception>
    public long? FindNumber(string name) => _json.FindInteger(name, 1, long.MaxValue, PathOf(name));

    /// <summary>A required object.</summary>
    /// <param name="tag">As for the constructor.</param>
    /// <exception cref="ErrorResponseException">The value is missing, or not an object.</exception>
    public JsonObjectItem Object(string name, string? tag = null) =>
        new(Find(name) ?? throw Missing(name, FieldType.Object), PathOf(name), tag);

    /// <summary>True for a member that is true; false if it is missing.</summary>
    public bool IsTrue(string name) => _json.Find(name)?.Type == JsonTokenType.True;

    /// <summary>The path of a member.</summary>
    public string PathOf(string name)
    {
        var tag = _tag is null || name == "type" ? "" : Type.Length > 0 ? Excerpt.Of(Type) : _tag;
        return tag.Length > 0 ? $"{_path}.{tag}.{name}" : $"{_path}.{name}";
    }

    /// <summary>The error of a member that is missing or of another type.</summary>
    public ErrorResponseException Missing(string name, FieldType type) => new(
        Find(name) is { } item ? FieldErrors.WrongType(PathOf(name), type, item.Json.Span) : FieldErrors.Missing(PathOf(name), type));

    /// <summary>The error of a string member that must be one of these names, or is missing.</summary>
    /// <param name="hint">A further sentence; null for none.</param>
    public ErrorResponseException Unsupported(string name, ReadOnlySpan<string> supported, string? hint = null) => new(
        FindText(name) is { } text
            ? FieldErrors.Unsupported(PathOf(name), JsonText.Decode(text.Span), supported, hint)
            : FieldErrors.Missing(PathOf(name), FieldErrors.OneOf(supported)));
}
