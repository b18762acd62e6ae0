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
    public string Type => Name("type");

    /// <summary>A string member; empty if it is missing or not a string.</summary>
    public string Name(string name) => Find(name) is { Value.ValueKind: JsonValueKind.String } text ? text.Value.GetString()! : "";

    /// <summary>Returns a member; null if it is missing or null.</summary>
    public RequestItem? Find(string name) =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new RequestItem(value, PathOf(name))
            : null;

    /// <summary>Returns a string member; null if it is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The member is not a string.</exception>
    public RequestItem? FindText(string name) => Find(name)?.Expect(FieldType.String);

    /// <exception cref="ErrorResponseException">The member is missing or not a string.</exception>
    public RequestItem Text(string name) => FindText(name) ?? throw Missing(name, FieldType.String);

    /// <summary>Returns true or false; null if it is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The member is neither.</exception>
    public bool? FindFlag(string name) => Find(name)?.Expect(FieldType.Boolean).Value.GetBoolean();

    /// <summary>Returns an object; null if it is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The member is not an object.</exception>
    public RequestItem? FindObject(string name) => Find(name)?.Expect(FieldType.Object);

    /// <exception cref="ErrorResponseException">The member is missing or not an object.</exception>
    public RequestItem Object(string name) => FindObject(name) ?? throw Missing(name, FieldType.Object);

    /// <summary>Returns the elements of an array of objects; none if it is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The member is not an array, or an element is not an object.</exception>
    public IEnumerable<RequestItem> List(string name) => Find(name)?.Expect(FieldType.Objects).Objects() ?? [];

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

    /// <summary>Returns the elements of this array.</summary>
    /// <exception cref="ErrorResponseException">An element is not an object.</exception>
    public IEnumerable<RequestItem> Objects() => Elements().Select(static element => element.Expect(FieldType.Object));

    /// <summary>Requires a type. The elements of an array are not checked, and an integer may be any number.</summary>
    /// <exception cref="ErrorResponseException">The value has another type.</exception>
    public RequestItem Expect(FieldType type)
    {
        var isExpected = type switch
        {
            FieldType.String => Value.ValueKind == JsonValueKind.String,
            FieldType.Integer or FieldType.Number => Value.ValueKind == JsonValueKind.Number,
            FieldType.Boolean => Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            FieldType.Object => Value.ValueKind == JsonValueKind.Object,
            FieldType.Strings or FieldType.Objects => Value.ValueKind == JsonValueKind.Array,
            FieldType.ToolChoice => Value.ValueKind is JsonValueKind.String or JsonValueKind.Object,
            _ => Value.ValueKind is JsonValueKind.String or JsonValueKind.Array,
        };
        return isExpected ? this : throw new ErrorResponseException(FieldErrors.WrongType(Path, type, Raw));
    }

    /// <summary>The error of a required member that is missing, empty or of another type.</summary>
    /// <param name="expected">A noun with its article; null for the type.</param>
    public ErrorResponseException Missing(string name, FieldType type, string? expected = null) => new(
        !TryGet(name, out var value) ? FieldErrors.Missing(PathOf(name), expected ?? FieldTypes.Describe(type))
        : value.Raw is [(byte)'"', (byte)'"'] ? FieldErrors.EmptyString(value.Path)
        : FieldErrors.WrongType(value.Path, type, value.Raw));

    /// <summary>The error of a member that must be one of these names.</summary>
    /// <param name="hint">A further sentence; null for none.</param>
    public ErrorResponseException Unsupported(string name, ReadOnlySpan<string> supported, string? hint = null) => new(
        !TryGet(name, out var value) ? FieldErrors.Missing(PathOf(name), FieldErrors.OneOf(supported))
        : value.Value.ValueKind == JsonValueKind.String ? FieldErrors.Unsupported(value.Path, value.Value.GetString()!, supported, hint)
        : FieldErrors.WrongType(value.Path, supported, value.Raw));

    /// <summary>Any other error of a member.</summary>
    /// <param name="problem">A clause.</param>
    public ErrorResponseException Invalid(string name, string problem) => new(FieldErrors.Invalid(PathOf(name), problem));

    /// <summary>Any other error of this value.</summary>
    /// <param name="problem">A clause.</param>
    public ErrorResponseException Invalid(string problem) => new(FieldErrors.Invalid(Path, problem));

    private bool TryGet(string name, out RequestItem value)
    {
        var isThere = Value.TryGetProperty(name, out var member);
        value = new RequestItem(member, PathOf(name));
        return isThere;
    }

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
