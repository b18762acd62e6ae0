using System.Text.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>The usage that a model server reported in a chunk. A value that is missing or not a number is 0.</summary>
internal struct ReplyUsage
{
    /// <summary>True once the model server has reported a usage.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>All tokens of the prompt.</summary>
    public long Input { get; private set; }

    public long Output { get; private set; }

    /// <summary>The tokens of the prompt that came from a cache; null if they are not known.</summary>
    public long? Cached { get; private set; }

    /// <summary>The tokens of the thinking; null if they are not known.</summary>
    public long? Reasoning { get; private set; }

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
                Input = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                Output = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                Cached = Detail(ref reader, "cached_tokens"u8) ?? Cached;
            }
            else if (TokenUsage.IsCached(reader))
            {
                var number = Number(ref reader);
                Cached ??= number;
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                Reasoning = Detail(ref reader, "reasoning_tokens"u8);
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
        output.AppendNumber(Input);
        output.Append(",\"outputTokens\":"u8);
        output.AppendNumber(Output);
        output.Append(",\"totalTokens\":"u8);
        output.AppendNumber(Input + Output);
        if (Reasoning is { } reasoning)
        {
            output.Append(",\"reasoningTokens\":"u8);
            output.AppendNumber(reasoning);
        }

        if (Cached is { } cached)
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
