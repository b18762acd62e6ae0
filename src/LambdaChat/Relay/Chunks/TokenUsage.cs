using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The tokens of a reply, as the model server reported them, each from 0 to 2,147,483,647.
/// Source: https://platform.openai.com/docs/api-reference/completions/object
/// </summary>
internal readonly record struct TokenUsage(long Prompt, long Completion)
{
    /// <summary>The prompt tokens that the model server took from its cache; null if it did not report them.</summary>
    public long? Cached { get; init; }

    /// <summary>The tokens of the thinking; null if the model server did not report them.</summary>
    public long? Reasoning { get; init; }

    /// <summary>Reads a <c>usage</c> object. A missing field is 0. Null if the prompt or the completion is out of range.</summary>
    public static TokenUsage? Read(ReadOnlySpan<byte> usage) => Read(usage, out _);

    /// <summary>Reads the usage of a pooling model. All its tokens are of the prompt, and some servers write only their sum.</summary>
    public static TokenUsage? ReadPooling(ReadOnlySpan<byte> usage) =>
        Read(usage, out var total) is { } read ? read with { Prompt = read.Prompt > 0 ? read.Prompt : total ?? 0 } : null;

    /// <summary>True at a name of the cached tokens: OpenAI's, or that of DeepSeek, which is beside the other numbers.</summary>
    public static bool IsCached(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("cached_tokens"u8) || reader.ValueTextEquals("prompt_cache_hit_tokens"u8);

    private static TokenUsage? Read(ReadOnlySpan<byte> usage, out long? total)
    {
        long prompt = 0, completion = 0;
        long? cached = null, reasoning = null;
        total = null;
        var reader = new Utf8JsonReader(usage, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPrompt = reader.ValueTextEquals("prompt_tokens"u8);
            if (isPrompt || reader.ValueTextEquals("completion_tokens"u8))
            {
                var count = ReadCount(ref reader);
                if (count is null && reader.TokenType == JsonTokenType.Number)
                {
                    return null;
                }

                (prompt, completion) = isPrompt ? (count ?? prompt, completion) : (prompt, count ?? completion);
            }
            else if (reader.ValueTextEquals("total_tokens"u8))
            {
                total = ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                cached = ReadDetail(ref reader, "cached_tokens"u8) ?? cached;
            }
            else if (IsCached(reader))
            {
                var count = ReadCount(ref reader);
                cached ??= count;
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                reasoning = ReadDetail(ref reader, "reasoning_tokens"u8) ?? reasoning;
            }
            else if (reader.ValueTextEquals("reasoning_tokens"u8)) // SGLang. Versions that do not count them write 0.
            {
                var count = ReadCount(ref reader);
                reasoning ??= count > 0 ? count : null;
            }
            else
            {
                reader.Skip();
            }
        }

        return new TokenUsage(prompt, completion) { Cached = cached <= prompt ? cached : null, Reasoning = reasoning };
    }

    // Null for a value that is not a whole number in the range.
    private static long? ReadCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        var count = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= 0 ? number : (long?)null;
        reader.Skip();
        return count;
    }

    private static long? ReadDetail(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        long? count = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                count = ReadCount(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return count;
    }
}
