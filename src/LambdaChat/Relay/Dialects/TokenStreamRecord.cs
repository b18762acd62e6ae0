using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// A line of a server that streams tokens and not chunks: LMI's text generation and TGI's <c>generate_stream</c>. The last line carries
/// the whole text once more and why it ended. Sources:
/// https://docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
/// and https://huggingface.co/docs/text-generation-inference/reference/api_reference
/// </summary>
internal readonly ref struct TokenStreamRecord
{
    private readonly ReadOnlySpan<byte> _text; // As it stands in the JSON, with its quotes.
    private readonly bool _isSpecial;
    private readonly ReadOnlySpan<byte> _finishReason;

    private TokenStreamRecord(ReadOnlySpan<byte> text, bool isSpecial, ReadOnlySpan<byte> finishReason)
    {
        _text = text;
        _isSpecial = isSpecial;
        _finishReason = finishReason;
    }

    /// <summary>True where the server gave up.</summary>
    public bool IsError => _finishReason.SequenceEqual("error"u8);

    public static TokenStreamRecord Read(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        var text = "\"\""u8;
        var isSpecial = false;
        if (layout.Token.Type == JsonTokenType.StartObject)
        {
            ReadToken(layout.Token.Value(record), ref text, ref isSpecial);
        }

        var finish = layout.Details.Type == JsonTokenType.StartObject ? FindFinishReason(layout.Details.Value(record)) : default;
        return new TokenStreamRecord(text, isSpecial, finish);
    }

    /// <summary>Writes the line as a chunk without an envelope.</summary>
    public void WriteChunk(ByteBuffer output)
    {
        output.Append("{\"choices\":[{\"index\":0,\"delta\":{\"content\":"u8);
        output.Append(_isSpecial ? "\"\""u8 : _text);
        output.Append(
            _finishReason.IsEmpty ? "},\"finish_reason\":null}]}"u8
            : _finishReason.SequenceEqual("length"u8) ? "},\"finish_reason\":\"length\"}]}"u8
            : "},\"finish_reason\":\"stop\"}]}"u8);
    }

    private static void ReadToken(ReadOnlySpan<byte> token, ref ReadOnlySpan<byte> text, ref bool isSpecial)
    {
        var reader = new Utf8JsonReader(token);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8);
            var isSpecialName = reader.ValueTextEquals("special"u8) || reader.ValueTextEquals("special_token"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                text = token[start..(int)reader.BytesConsumed];
            }

            isSpecial |= isSpecialName && reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> FindFinishReason(ReadOnlySpan<byte> details)
    {
        var reader = new Utf8JsonReader(details);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFinishReason = reader.ValueTextEquals("finish_reason"u8);
            reader.Read();
            if (isFinishReason && reader.TokenType == JsonTokenType.String)
            {
                return reader.ValueSpan;
            }

            reader.Skip();
        }

        return default;
    }
}
