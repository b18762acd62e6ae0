using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Errors;

namespace LambdaChat.Chat;

/// <summary>
/// Makes the chunks of a model server those of our contract: <c>model</c> is the name that the client asked for, <c>reasoning</c> is
/// called <c>reasoning_content</c>. Everything else passes as the bytes that came. It also knows whether the reply is whole.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ChunkEditor(string model)
{
    private static readonly byte[] ReasoningContent = "\"reasoning_content\""u8.ToArray();

    private readonly byte[] _model = Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(model, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");
    private readonly Splices _splices = new();
    private readonly ArrayBufferWriter<byte> _edited = new(1024);
    private FinishTracker _finish;
    private (int Start, int Length) _error;

    /// <summary>The error that the model server sent in place of a chunk; null while there was none.</summary>
    public RelayFailure? Failure { get; private set; }

    /// <summary>True once every choice has its finish reason.</summary>
    public bool IsComplete => _finish.IsComplete;

    /// <summary>The id of the reply, null before the first chunk.</summary>
    public string? Id { get; private set; }

    /// <summary>Edits a chunk's JSON; false where it is none, or an error. The result is valid until the next call, and one line.</summary>
    public bool TryEdit(ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> edited)
    {
        edited = default;
        _splices.Clear();
        _error = default;
        try
        {
            Scan(chunk);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            Failure = new RelayFailure(RelayError.CorruptStream);
            return false;
        }

        if (_error.Length > 0)
        {
            using var error = JsonDocument.Parse(chunk.Slice(_error.Start, _error.Length).ToArray());
            Failure = new RelayFailure(RelayError.ContainerError, ContainerMessage.Read(error.RootElement, status: null));
            return false;
        }

        _edited.ResetWrittenCount();
        _splices.WriteTo(_edited, chunk);
        edited = OneLine();
        return true;
    }

    // A line end between the tokens of a JSON text is white space, and many clients know no event of several lines.
    private ReadOnlySpan<byte> OneLine()
    {
        if (_edited.WrittenSpan.Contains((byte)'\n'))
        {
            var text = _edited.WrittenSpan.ToArray();
            text.AsSpan().Replace((byte)'\n', (byte)' ');
            return text;
        }

        return _edited.WrittenSpan;
    }

    private void Scan(ReadOnlySpan<byte> chunk)
    {
        var reader = new Utf8JsonReader(chunk);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                ScanChoices(ref reader);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                _splices.Add((int)reader.TokenStartIndex, SkipValue(ref reader), _model);
            }
            else if (Id is null && reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                Id = reader.GetString();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var isNull = reader.TokenType == JsonTokenType.Null;
                var length = SkipValue(ref reader);
                _error = isNull ? default : (start, length);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // Nothing may follow the object.
    }

    private void ScanChoices(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            ScanChoice(ref reader);
        }
    }

    private void ScanChoice(ref Utf8JsonReader reader)
    {
        var index = 0;
        var isFinished = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8))
            {
                ScanDelta(ref reader);
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                isFinished = reader.TokenType != JsonTokenType.Null;
            }
            else
            {
                reader.Skip();
            }
        }

        _finish.Add(index, isFinished);
    }

    private void ScanDelta(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        var (start, length) = (0, 0);
        var hasBoth = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("reasoning"u8))
            {
                (start, length) = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
            }

            hasBoth |= reader.ValueTextEquals("reasoning_content"u8);
            reader.Skip();
        }

        if (length > 0 && !hasBoth)
        {
            _splices.Add(start, length, ReasoningContent);
        }
    }

    /// <summary>From the first token of a value: the value's length in bytes, with the reader on its last token.</summary>
    private static int SkipValue(ref Utf8JsonReader reader)
    {
        var start = reader.TokenStartIndex;
        reader.Skip();
        return (int)(reader.BytesConsumed - start);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException();
        }
    }
}
