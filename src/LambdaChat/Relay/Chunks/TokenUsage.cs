using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The tokens of a reply, as the model server reported them, each from 0 to 2,147,483,647.
/// Source: https://platform.openai.com/docs/api-reference/completions/object
/// </summary>
internal sealed record TokenUsage(long Prompt, long Completion)
{
    /// <summary>The prompt tokens that the model server took from its cache; null if it did not report them.</summary>
    public long? Cached { get; init; }

    /// <summary>Reads a <c>usage</c> object. A missing field is 0. Null if a number is out of range.</summary>
    public static TokenUsage? Read(ReadOnlySpan<byte> usage)
    {
        long prompt = 0, completion = 0;
        long? cached = null;
        var reader = new Utf8JsonReader(usage, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPrompt = reader.ValueTextEquals("prompt_tokens"u8);
            var isCompletion = reader.ValueTextEquals("completion_tokens"u8);
            var isCached = IsCached(reader);
            var isDetails = reader.ValueTextEquals("prompt_tokens_details"u8);
            reader.Read();
            cached = isDetails && reader.TokenType == JsonTokenType.StartObject ? ReadCached(ref reader) ?? cached
                : isCached && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? cached ?? number
                : cached;
            if ((isPrompt || isCompletion) && reader.TokenType == JsonTokenType.Number)
            {
                if (!reader.TryGetInt64(out var count) || count is < 0 or > int.MaxValue)
                {
                    return null;
                }

                (prompt, completion) = isPrompt ? (count, completion) : (prompt, count);
            }

            reader.Skip();
        }

        return new TokenUsage(prompt, completion) { Cached = cached >= 0 && cached <= prompt ? cached : null };
    }

    /// <summary>True at a name of the cached tokens beside the other numbers, where Moonshot and DeepSeek write them.</summary>
    public static bool IsCached(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("cached_tokens"u8) || reader.ValueTextEquals("prompt_cache_hit_tokens"u8);

    private static long? ReadCached(ref Utf8JsonReader reader)
    {
        long? cached = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCached = reader.ValueTextEquals("cached_tokens"u8);
            reader.Read();
            if (isCached && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count))
            {
                cached = count;
            }

            reader.Skip();
        }

        return cached;
    }
}
