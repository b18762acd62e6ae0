using System.Text;
using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.Requests;

/// <summary>
/// A JSON object whose members are located but not decoded. Values that the relay does not use are forwarded unchanged.
/// </summary>
internal sealed class RequestJson
{
    private const int MaximumNumber = 24; // Characters of an integer in another notation, such as 1.0e2.

    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestValidator.MaximumDepth };

    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<JsonMember> _members = [];

    private RequestJson(ReadOnlyMemory<byte> body) => Body = body;

    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>The names of <see cref="Members"/>.</summary>
    public IReadOnlyList<string> Names => _names;

    public IReadOnlyList<JsonMember> Members => _members;

    /// <summary>The offset after the opening brace.</summary>
    public int Start { get; private set; }

    /// <summary>Forgets the text. Nothing may read a member after that.</summary>
    public void Release() => Body = default;

    /// <summary>Locates the members of an object, or returns the reason why the text is not one.</summary>
    public static (RequestJson? Json, ApiError? Fault) Parse(ReadOnlyMemory<byte> body)
    {
        var json = new RequestJson(body);
        try
        {
            return json.Read() is { } fault ? (null, fault) : (json, null);
        }
        catch (JsonException exception)
        {
            return (null, NotJson(exception));
        }
        catch (InvalidOperationException)
        {
            return (null, NotText);
        }
    }

    /// <summary>Locates the members of an object; null for any other text.</summary>
    public static RequestJson? TryParse(ReadOnlyMemory<byte> body) => Parse(body).Json;

    /// <summary>400: a string is not valid UTF-8, or has an unpaired surrogate.</summary>
    public static ApiError NotText => ApiError.BadRequest("The request body contains a string that is not valid UTF-8.");

    /// <summary>400: the body is not JSON, with the position of the first error.</summary>
    public static ApiError NotJson(JsonException exception)
    {
        var position = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}";
        return ApiError.BadRequest($"We could not parse the JSON body of your request ({position}).") with
        {
            AnthropicMessage = $"The request body is not valid JSON: {position}",
        };
    }

    /// <summary>400: an object has two members of this name.</summary>
    public static ApiError Duplicate(string path) => FieldErrors.Invalid(path, "the request has this field twice");

    /// <summary>Returns a member, or null if it is missing or its value is null.</summary>
    public JsonMember? Find(string name) => _indexes.TryGetValue(name, out var index) && !_members[index].IsNull ? _members[index] : null;

    public bool Contains(string name) => _indexes.ContainsKey(name);

    /// <summary>True if a member is a list without elements.</summary>
    public bool IsEmptyList(string name) =>
        Find(name) is { Type: JsonTokenType.StartArray } list && Value(list)[1..].TrimStart(" \t\r\n"u8) is [(byte)']'];

    /// <summary>A member's value as raw JSON.</summary>
    public ReadOnlySpan<byte> Value(JsonMember member) => member.Value(Body.Span);

    /// <summary>The positions of the objects in an array; none if the array has another element.</summary>
    public List<(int Start, int End)> ObjectsOf(JsonMember array)
    {
        var positions = new List<(int Start, int End)>();
        var reader = new Utf8JsonReader(Value(array), Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = array.ValueStart + (int)reader.TokenStartIndex;
            reader.Skip();
            positions.Add((start, array.ValueStart + (int)reader.BytesConsumed));
        }

        return reader.TokenType == JsonTokenType.EndArray ? positions : [];
    }

    /// <summary>Reads a string. Returns null if the member is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The value is not a string, or not valid UTF-8.</exception>
    public string? FindText(string name)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.Type != JsonTokenType.String)
        {
            throw new ErrorResponseException(FieldErrors.WrongType(name, FieldType.String, Value(member)));
        }

        var reader = new Utf8JsonReader(Value(member));
        reader.Read();
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new ErrorResponseException(FieldErrors.Invalid(name, "the string is not valid UTF-8"));
        }
    }

    /// <summary>Reads a string inside an object. Returns null if either is missing or null, or the object is another value.</summary>
    /// <exception cref="ErrorResponseException">The value is not a string.</exception>
    public string? FindTextIn(string parent, string name)
    {
        if (Find(parent) is not { Type: JsonTokenType.StartObject } member
            || TryParse(Body[member.ValueStart..member.ValueEnd]) is not { } inner)
        {
            return null;
        }

        return inner.Find(name) is { Type: not JsonTokenType.String } value
            ? throw new ErrorResponseException(FieldErrors.WrongType($"{parent}.{name}", FieldType.String, inner.Value(value)))
            : inner.FindText(name);
    }

    /// <summary>Reads a Boolean. Returns false if the member is missing or null.</summary>
    /// <exception cref="ErrorResponseException">The value is not a Boolean.</exception>
    public bool Flag(string name) => Find(name) switch
    {
        null or { Type: JsonTokenType.False } => false,
        { Type: JsonTokenType.True } => true,
        { } member => throw new ErrorResponseException(FieldErrors.WrongType(name, FieldType.Boolean, Value(member))),
    };

    /// <summary>
    /// Reads an integer, also as <c>100.0</c> or <c>1e2</c>: some clients have one type for all numbers. Returns null if the member is
    /// missing or null.
    /// </summary>
    /// <param name="path">The path that errors name; null for the name.</param>
    /// <exception cref="ErrorResponseException">The value is not an integer, or out of range.</exception>
    public long? FindInteger(string name, long minimum, long maximum, string? path = null)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        return member.Type == JsonTokenType.Number && TryReadInteger(Value(member), out var number) && number >= minimum
            && number <= maximum
            ? number
            : throw new ErrorResponseException(NumberError(path ?? name, Value(member), minimum, maximum));
    }

    /// <summary>The error of a required member that is missing or null.</summary>
    /// <param name="expected">A noun with its article; null for the type.</param>
    public ErrorResponseException Missing(string name, FieldType type, string? expected = null) => new(
        Contains(name)
            ? FieldErrors.WrongType(name, type, "null"u8)
            : FieldErrors.Missing(name, expected ?? FieldTypes.Describe(type)));

    /// <summary>Reads an integer in any notation. Returns null for every other value.</summary>
    public long? IntegerOrNull(string name) =>
        Find(name) is { Type: JsonTokenType.Number } member && TryReadInteger(Value(member), out var number) ? number : null;

    /// <summary>True for an integer without fraction and exponent, of any size.</summary>
    public bool IsPlainInteger(string name) => Find(name) is { } member && !Value(member).ContainsAny(".eE"u8);

    private static ApiError NumberError(string path, ReadOnlySpan<byte> json, long minimum, long maximum)
    {
        var isNumber = json[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9');
        var number = 0L;
        var isInteger = isNumber && TryReadInteger(json, out number);
        if (!isInteger && (!isNumber || json.IndexOfAny(".eE"u8) >= 0))
        {
            return FieldErrors.WrongType(path, FieldType.Integer, json);
        }

        var text = Encoding.ASCII.GetString(json);
        return (isInteger ? number < minimum : json[0] == '-')
            ? FieldErrors.BelowMinimum(path, minimum, text)
            : FieldErrors.AboveMaximum(path, maximum, text);
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> json, out long number)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TryGetInt64(out number))
        {
            return true;
        }

        // A longer number, or one such as 1e-999, would be rounded.
        var isInteger = reader.TryGetDecimal(out var value) && json.Length <= MaximumNumber && decimal.IsInteger(value)
            && value is >= long.MinValue and <= long.MaxValue && (value != 0 || !MantissaOf(json).ContainsAnyInRange((byte)'1', (byte)'9'));
        number = isInteger ? (long)value : 0;
        return isInteger;
    }

    private static ReadOnlySpan<byte> MantissaOf(ReadOnlySpan<byte> number) =>
        number.IndexOfAny((byte)'e', (byte)'E') is var end and >= 0 ? number[..end] : number;

    private ApiError? Read()
    {
        var reader = new Utf8JsonReader(Body.Span, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return ApiError.BadRequest("The request body must be a JSON object.");
        }

        Start = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (name, nameStart) = (reader.GetString()!, (int)reader.TokenStartIndex);
            reader.Read();
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            if (!_indexes.TryAdd(name, _members.Count))
            {
                return Duplicate(Excerpt.Of(name));
            }

            _names.Add(name);
            _members.Add(new JsonMember { NameStart = nameStart, ValueStart = start, ValueEnd = (int)reader.BytesConsumed, Type = type });
        }

        reader.Read(); // Fails on anything after the object.
        return null;
    }
}
