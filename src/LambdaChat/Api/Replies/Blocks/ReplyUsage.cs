using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>The usage that a model server reported in a chunk.</summary>
internal struct ReplyUsage
{
    private long _input;
    private long _output;
    private long? _cached;
    private long? _reasoning;

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
                _input = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                _output = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                _cached = Detail(ref reader, "cached_tokens"u8);
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                _reasoning = Detail(ref reader, "reasoning_tokens"u8);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Writes the members of an object in the AI SDK's names, which AG-UI uses too. Unknown details are left out.</summary>
    public readonly void WriteTo(ByteBuffer output)
    {
        output.Append("\"inputTokens\":"u8);
        output.AppendNumber(_input);
        output.Append(",\"outputTokens\":"u8);
        output.AppendNumber(_output);
        output.Append(",\"totalTokens\":"u8);
        output.AppendNumber(_input + _output);
        if (_reasoning is { } reasoning)
        {
            output.Append(",\"reasoningTokens\":"u8);
            output.AppendNumber(reasoning);
        }

        if (_cached is { } cached)
        {
            output.Append(",\"cachedInputTokens\":"u8);
            output.AppendNumber(cached);
        }
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value >= 0 ? value : (long?)null;
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
