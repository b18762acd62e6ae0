using System.Text;
using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Where the logprobs of a chunk are divided if its text is. All positions are byte offsets of the chunk.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
/// <param name="Start">Where the first token begins.</param>
/// <param name="FirstEnd">Where the last token of the first part ends.</param>
/// <param name="SecondStart">Where the first token of the second part begins; the end of the array if it has none.</param>
internal readonly record struct LogprobsSplit(int Start, int FirstEnd, int SecondStart)
{
    /// <summary>False if no token belongs to the first part.</summary>
    public bool IsDivided => FirstEnd > Start;

    /// <summary>Divides the logprobs of a choice at a position of its text.</summary>
    /// <param name="position">The length of the first part's text in UTF-8. A token on both sides of it belongs to the first part.</param>
    public static LogprobsSplit At(ReadOnlySpan<byte> json, in ChoiceLayout choice, int position)
    {
        if (!choice.HasLogprobs)
        {
            return default;
        }

        var offset = choice.Logprobs.ValueStart;
        var reader = new Utf8JsonReader(choice.Logprobs.Value(json));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isContent && reader.TokenType == JsonTokenType.StartArray)
            {
                return Divide(ref reader, offset, position);
            }

            reader.Skip();
        }

        return default;
    }

    private static LogprobsSplit Divide(ref Utf8JsonReader reader, int offset, int position)
    {
        var start = offset + (int)reader.BytesConsumed;
        var (firstEnd, length) = (start, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (length >= position)
            {
                return new LogprobsSplit(start, firstEnd, offset + (int)reader.TokenStartIndex);
            }

            length += TokenLength(ref reader);
            firstEnd = offset + (int)reader.BytesConsumed;
        }

        return new LogprobsSplit(start, firstEnd, offset + (int)reader.TokenStartIndex);
    }

    // A token can be a part of a character. Its length follows from its bytes then, not from its text.
    private static int TokenLength(ref Utf8JsonReader reader)
    {
        var (text, bytes) = (0, -1);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isToken = reader.ValueTextEquals("token"u8);
            var isBytes = reader.ValueTextEquals("bytes"u8);
            reader.Read();
            if (isToken && reader.TokenType == JsonTokenType.String)
            {
                text = Encoding.UTF8.GetByteCount(reader.GetString()!);
            }
            else if (isBytes && reader.TokenType == JsonTokenType.StartArray)
            {
                for (bytes = 0; reader.Read() && reader.TokenType == JsonTokenType.Number; bytes++)
                {
                }
            }

            reader.Skip();
        }

        return bytes >= 0 ? bytes : text;
    }
}
