using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// The usage of a message. Anthropic counts the tokens that came from a cache apart from the other input tokens; model servers count them
/// among the prompt tokens. A number that the model server did not report is 0. Source: https://docs.claude.com/en/api/messages
/// </summary>
internal struct MessageUsage
{
    private long _prompt;
    private long _cached;
    private long _completion;
    private long? _thinking;

    /// <summary>True once the model server has reported a usage.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Reads the <c>usage</c> object of a chunk.</summary>
    public void Read(ReadOnlySpan<byte> usage)
    {
        IsKnown = true;
        var reader = new Utf8JsonReader(usage);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                _prompt = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                _completion = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                _cached = Detail(ref reader, "cached_tokens"u8) ?? 0;
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                _thinking = Detail(ref reader, "reasoning_tokens"u8);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Writes the object of a message.</summary>
    public readonly void WriteTo(ByteBuffer output)
    {
        WriteTokens(output);
        output.Append(",\"cache_creation\":null,\"inference_geo\":null,\"service_tier\":null}"u8);
    }

    /// <summary>Writes the object of the event <c>message_delta</c>, which has fewer members.</summary>
    public readonly void WriteDeltaTo(ByteBuffer output)
    {
        WriteTokens(output);
        output.Append("}"u8);
    }

    private readonly void WriteTokens(ByteBuffer output)
    {
        output.Append("{\"input_tokens\":"u8);
        output.AppendNumber(Math.Max(_prompt - _cached, 0));
        output.Append(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":"u8);
        output.AppendNumber(_cached);
        output.Append(",\"output_tokens\":"u8);
        output.AppendNumber(_completion);
        output.Append(",\"output_tokens_details\":"u8);
        if (_thinking is { } thinking)
        {
            output.Append("{\"thinking_tokens\":"u8);
            output.AppendNumber(thinking);
            output.Append("}"u8);
        }
        else
        {
            output.Append("null"u8);
        }

        output.Append(",\"server_tool_use\":null"u8);
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0 ? value : (long?)null;
        reader.Skip();
        return number;
    }

    private static long? Detail(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        long? number = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                number = Number(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return number;
    }
}
