using System.Runtime.InteropServices;
using System.Text.Json;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>A value of the request with its path, which errors name. Strings that are copied stay in their escaped form.</summary>
internal readonly record struct RequestItem(JsonElement Value, string Path)
{
    private const int StoredDepth = 8; // Levels that the stored form of a request adds.

    /// <summary>The parser options for a validated request, and for the stored part of a request.</summary>
    public static JsonDocumentOptions Options => new() { MaxDepth = RequestValidator.MaximumDepth + StoredDepth };

    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>The value as raw JSON.</summary>
    public ReadOnlySpan<byte> Raw => JsonMarshal.GetRawUtf8Value(Value);

    /// <summary>The raw JSON between a string's quotes.</summary>
    public ReadOnlySpan<byte> Escaped => Raw[1..^1];

    /// <summary>The member <c>type</c>; empty if it is missing or not a string.</summary>
    public string Type => Find("type") is { Value.ValueKind: JsonValueKind.String } type ? type.Value.GetString()! : "";

    /// <summary>Returns a member; null if it is missing or null.</summary>
    public RequestItem? Find(string name) =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new RequestItem(value, PathOf(name))
            : null;

    /// <summary>Returns a string member; null if it is missing or null.</summary>
    /// <exception cref="InvalidRequestException">The member is not a string.</exception>
    public RequestItem? FindText(string name) => Find(name) is { } member ? member.Expect(JsonValueKind.String, "must be a string") : null;

    /// <exception cref="InvalidRequestException">The member is missing or not a string.</exception>
    public RequestItem Text(string name) => FindText(name) ?? throw Fault(name, "is required: a string");

    /// <summary>Returns true or false; null if it is missing or null.</summary>
    /// <exception cref="InvalidRequestException">The member is neither.</exception>
    public bool? FindFlag(string name) => Find(name)?.Value.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault(name, "must be true or false"),
    };

    /// <summary>Returns an object; null if it is missing or null.</summary>
    /// <exception cref="InvalidRequestException">The member is not an object.</exception>
    public RequestItem? FindObject(string name) =>
        Find(name) is { } member ? member.Expect(JsonValueKind.Object, "must be an object") : null;

    /// <summary>Returns the elements of an array; none if it is missing or null.</summary>
    /// <exception cref="InvalidRequestException">The member is not an array.</exception>
    public IEnumerable<RequestItem> List(string name) =>
        Find(name) is { } member ? member.Expect(JsonValueKind.Array, "must be an array").Elements() : [];

    /// <summary>Returns the members of this object that are not null, with their names.</summary>
    public IEnumerable<(string Name, RequestItem Value)> Members()
    {
        var path = Path;
        return Value.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null)
            .Select(member => (member.Name, new RequestItem(member.Value, $"{path}.{Excerpt.Of(member.Name)}")));
    }

    /// <summary>Returns the elements of this array.</summary>
    public IEnumerable<RequestItem> Elements()
    {
        var path = Path;
        return Value.EnumerateArray().Select((element, i) => new RequestItem(element, $"{path}[{i}]"));
    }

    /// <exception cref="InvalidRequestException">The value is of another kind.</exception>
    public RequestItem Expect(JsonValueKind kind, string expectation) =>
        Value.ValueKind == kind ? this : throw new InvalidRequestException(Path, expectation);

    public InvalidRequestException Fault(string name, string expectation) => new(PathOf(name), expectation);

    public InvalidRequestException Fault(string expectation) => new(Path, expectation);

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
