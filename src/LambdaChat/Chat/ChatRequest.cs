using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Errors;

namespace LambdaChat.Chat;

/// <summary>
/// A chat completion request: the members that the relay acts on, and where they stand. The rest is passed on as the bytes that came.
/// Source: https://platform.openai.com/docs/api-reference/chat/create
/// </summary>
internal sealed class ChatRequest
{
    private const int MaximumDepth = 128;

    private readonly ReadOnlyMemory<byte> _body;
    private (int Start, int Length) _modelValue;
    private bool _hasMessages;
    private bool _hasStream;

    private ChatRequest(ReadOnlyMemory<byte> body) => _body = body;

    /// <summary>The model's public name.</summary>
    public string Model { get; private set; } = "";

    /// <summary>True where the reply is wanted as an event stream.</summary>
    public bool IsStreamed { get; private set; }

    /// <summary>Reads a request; its fault where it has one.</summary>
    public static (ChatRequest? Request, OpenAIError? Fault) Parse(ReadOnlyMemory<byte> body)
    {
        var request = new ChatRequest(body);
        try
        {
            var fault = request.Read();
            return fault is null ? (request, null) : (null, fault);
        }
        catch (JsonException exception)
        {
            return (null, OpenAIError.BadRequest(
                $"The body is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine})."));
        }
        catch (InvalidOperationException)
        {
            return (null, OpenAIError.BadRequest("The body has a text that is not valid UTF-8."));
        }
    }

    /// <summary>The body with another model name in it; everything else as it came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> WithModel(string servedName) =>
    [
        _body[.._modelValue.Start],
        (byte[])[(byte)'"', .. JsonEncodedText.Encode(servedName, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'],
        _body[(_modelValue.Start + _modelValue.Length)..],
    ];

    private OpenAIError? Read()
    {
        var reader = new Utf8JsonReader(_body.Span, new JsonReaderOptions { MaxDepth = MaximumDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return OpenAIError.BadRequest("The body must be a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadMember(ref reader) is { } fault)
            {
                return fault;
            }
        }

        reader.Read(); // What follows the object is not JSON.
        return Model.Length == 0 ? OpenAIError.BadRequest("`model` is required: the name of a model, as GET /v1/models lists them.", "model")
            : !_hasMessages ? OpenAIError.BadRequest("`messages` is required: an array of at least one message.", "messages")
            : null;
    }

    private OpenAIError? ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("model"u8))
        {
            return ReadModel(ref reader);
        }

        if (reader.ValueTextEquals("messages"u8))
        {
            return ReadMessages(ref reader);
        }

        if (reader.ValueTextEquals("stream"u8))
        {
            return ReadStream(ref reader);
        }

        reader.Skip();
        return null;
    }

    private OpenAIError? ReadModel(ref Utf8JsonReader reader)
    {
        if (_modelValue.Length > 0)
        {
            return Twice("model");
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
        {
            return OpenAIError.BadRequest("`model` must be a string that is not empty.", "model");
        }

        _modelValue = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
        Model = reader.GetString()!;
        return null;
    }

    private OpenAIError? ReadMessages(ref Utf8JsonReader reader)
    {
        if (_hasMessages)
        {
            return Twice("messages");
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return OpenAIError.BadRequest("`messages` must be an array of at least one message.", "messages");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return OpenAIError.BadRequest("Each of `messages` must be an object.", "messages");
            }

            _hasMessages = true;
            reader.Skip();
        }

        return _hasMessages ? null : OpenAIError.BadRequest("`messages` must not be empty.", "messages");
    }

    private OpenAIError? ReadStream(ref Utf8JsonReader reader)
    {
        if (_hasStream)
        {
            return Twice("stream");
        }

        _hasStream = true;
        reader.Read();
        IsStreamed = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
            ? null
            : OpenAIError.BadRequest("`stream` must be true or false.", "stream");
    }

    private static OpenAIError Twice(string member) => OpenAIError.BadRequest($"`{member}` stands twice in the body.", member);
}
