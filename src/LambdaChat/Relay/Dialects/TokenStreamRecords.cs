using System.Text.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Servers that stream tokens instead of chunks: LMI's text generation and TGI's <c>generate_stream</c>. The last record repeats the whole
/// text and usually has the finish reason. Sources:
/// https://docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
/// and https://huggingface.co/docs/text-generation-inference/reference/api_reference
/// </summary>
internal sealed class TokenStreamRecords : IDialect
{
    public bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        if (!record.Layout.Token.Exists)
        {
            return false;
        }

        ref readonly var token = ref record.Layout.Token;
        var hasText = token.Text.Exists && !token.IsSpecial;
        Write(hasText ? token.Text.Value(record.Json) : "\"\""u8, FinishReasonOf(record), output.Bytes);
        output.End();
        return true;
    }

    /// <summary>True if the finish reason is <c>error</c>.</summary>
    public static bool IsError(in Chunk record) => record.Layout.Token.Exists && FinishReasonOf(record).SequenceEqual("error"u8);

    /// <summary>Why a record is the last; empty for another. Without details, the whole text marks the end.</summary>
    public static ReadOnlySpan<byte> FinishReasonOf(in Chunk record)
    {
        var reason = record.Layout.Details.Type == JsonTokenType.StartObject
            ? FindFinishReason(record.Layout.Details.Value(record.Json))
            : default;
        return reason.IsEmpty && record.Layout.GeneratedText.Type == JsonTokenType.String ? "stop"u8 : reason;
    }

    // The text is escaped as in JSON, with its quotes.
    private static void Write(ReadOnlySpan<byte> text, ReadOnlySpan<byte> finishReason, ByteBuffer output)
    {
        output.Append("{\"choices\":[{\"index\":0,\"delta\":{\"content\":"u8);
        output.Append(text);
        output.Append("},\"finish_reason\":"u8);
        output.Append(finishReason.IsEmpty ? "null"u8 : "\""u8);
        output.Append(finishReason);
        output.Append(finishReason.IsEmpty ? default : "\""u8);
        output.Append("}]}"u8);
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
