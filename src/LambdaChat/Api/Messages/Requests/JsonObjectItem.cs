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

    /// <exception cref="InvalidRequestException">The value is not an object.</exception>
    public JsonObjectItem(JsonItem item, string path)
    {
        _path = path;
        _json = item.IsObject && RequestJson.Parse(item.Json).Json is { } json ? json : throw Fault("must be an object");
    }

    public string Path => _path;

    /// <summary>The object's <c>type</c>; empty if it has none.</summary>
    public string Type => FindText("type") is { } type ? JsonText.Decode(type.Span) : "";

    /// <summary>A member, or null if it is missing or its value is null.</summary>
    public JsonItem? Find(string name) =>
        _json.Find(name) is { } member ? new JsonItem(member.Type, _json.Body[member.ValueStart..member.ValueEnd]) : null;

    /// <summary>An escaped string without its quotes, or null if it is missing or null.</summary>
    /// <exception cref="InvalidRequestException">The value is not a string.</exception>
    public ReadOnlyMemory<byte>? FindText(string name) =>
        Find(name) is not { } item ? (ReadOnlyMemory<byte>?)null : item.IsText ? item.Text : throw Fault(name, "must be a string");

    /// <summary>A required string, escaped and without its quotes.</summary>
    /// <exception cref="InvalidRequestException">The value is missing, or not a string.</exception>
    public ReadOnlyMemory<byte> Text(string name) => FindText(name) ?? throw Fault(name, "is required: a string");

    /// <summary>A positive integer, or null if it is missing or null.</summary>
    /// <exception cref="InvalidRequestException">The value is not a positive integer.</exception>
    public long? FindNumber(string name) =>
        Find(name) is null ? null
        : _json.Integer(name) is >= 1 and var number ? number
        : throw Fault(name, "must be an integer of at least 1");

    /// <summary>A required object.</summary>
    /// <exception cref="InvalidRequestException">The value is missing, or not an object.</exception>
    public JsonObjectItem Object(string name) =>
        new(Find(name) ?? throw Fault(name, "is required: an object"), $"{_path}.{name}");

    /// <summary>True for a member that is true; false if it is missing.</summary>
    public bool IsTrue(string name) => _json.Find(name)?.Type == JsonTokenType.True;

    public InvalidRequestException Fault(string name, string expectation) => new($"{_path}.{name}", expectation);

    public InvalidRequestException Fault(string expectation) => new(_path, expectation);
}
