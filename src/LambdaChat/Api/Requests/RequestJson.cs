using System.Globalization;
using System.Text.Json;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The body of a request: a JSON object whose members are found once, in order. What the relay does not act on is never looked into and
/// goes on as the bytes that came.
/// </summary>
internal sealed class RequestJson
{
    private readonly Dictionary<string, RequestMember> _byName = new(StringComparer.Ordinal);
    private readonly List<RequestMember> _members = [];

    private RequestJson(ReadOnlyMemory<byte> body) => Body = body;

    public ReadOnlyMemory<byte> Body { get; }

    public IReadOnlyList<RequestMember> Members => _members;

    /// <summary>Behind the opening brace.</summary>
    public int Start { get; private set; }

    /// <summary>Reads a body; its fault where it has one.</summary>
    public static (RequestJson? Json, OpenAIError? Fault) Parse(ReadOnlyMemory<byte> body)
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

    /// <summary>A text of half a character, which only an escape can write.</summary>
    public static OpenAIError NotText => OpenAIError.BadRequest("The body has a text that is not valid UTF-8.");

    /// <summary>Where a body stops being JSON.</summary>
    public static OpenAIError NotJson(JsonException exception) =>
        OpenAIError.BadRequest($"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).");

    /// <summary>A member that is there and not null.</summary>
    public RequestMember? Find(string name) => _byName.GetValueOrDefault(name) is { IsNull: false } member ? member : null;

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>A member's value as it stands in the body.</summary>
    public ReadOnlySpan<byte> Value(RequestMember member) => Body.Span[member.ValueStart..member.ValueEnd];

    /// <summary>A member's text; null where it is left out or null.</summary>
    /// <exception cref="InvalidRequestException">It is no text, or no valid one.</exception>
    public string? Text(string name)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.Type != JsonTokenType.String)
        {
            throw new InvalidRequestException(name, "must be a string");
        }

        var reader = new Utf8JsonReader(Value(member));
        reader.Read();
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException(name, "must be valid UTF-8");
        }
    }

    /// <summary>A member that is true or false; false where it is left out or null.</summary>
    /// <exception cref="InvalidRequestException">It is neither.</exception>
    public bool Flag(string name) => Find(name)?.Type switch
    {
        null or JsonTokenType.False => false,
        JsonTokenType.True => true,
        _ => throw new InvalidRequestException(name, "must be true or false"),
    };

    /// <summary>A whole number; null where it is left out or null.</summary>
    /// <exception cref="InvalidRequestException">It is none, or out of range.</exception>
    public long? Number(string name, long minimum, long maximum)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.Type == JsonTokenType.Number)
        {
            var reader = new Utf8JsonReader(Value(member));
            reader.Read();
            if (reader.TryGetInt64(out var number) && number >= minimum && number <= maximum)
            {
                return number;
            }
        }

        throw new InvalidRequestException(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {minimum} to {maximum}"));
    }

    private OpenAIError? Read()
    {
        var reader = new Utf8JsonReader(Body.Span, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return OpenAIError.BadRequest("The body must be a JSON object.");
        }

        Start = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (name, nameStart) = (reader.GetString()!, (int)reader.TokenStartIndex);
            reader.Read();
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            var member = new RequestMember(name, nameStart, start, (int)reader.BytesConsumed, type);
            _members.Add(member);
            if (!_byName.TryAdd(name, member))
            {
                return OpenAIError.BadRequest($"`{Shown(name)}` stands twice in the body.", Shown(name));
            }
        }

        reader.Read(); // What follows the object is not JSON.
        return null;
    }

    // A name from outside, cut to what an error can carry.
    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
