using System.Globalization;
using System.Text;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Edits the usage in a chunk: it becomes that of the whole reply in the chunk of a continuation, which counts its own call only. A usage
/// that typed clients cannot read is replaced.
/// </summary>
internal static class UsageEditor
{
    /// <summary>The usage of a reply without one.</summary>
    public static readonly byte[] None = "null"u8.ToArray();

    /// <summary>The usage of a pooling reply without one: its clients require the numbers.</summary>
    public static readonly byte[] Zero = "{\"prompt_tokens\":0,\"total_tokens\":0}"u8.ToArray();

    /// <summary>
    /// Returns the JSON for a usage that is not an object of whole numbers from 0 to 2,147,483,647; null for one that needs no other.
    /// </summary>
    /// <param name="none">The JSON for a usage without a number that can be read.</param>
    public static byte[]? Replace(ReadOnlySpan<byte> usage, byte[] none)
    {
        if (usage is not [(byte)'{', ..])
        {
            return usage.SequenceEqual(None) ? null : none;
        }

        var reader = new Utf8JsonReader(usage);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCount = reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("completion_tokens"u8)
                || reader.ValueTextEquals("total_tokens"u8);
            reader.Read();
            if (isCount && !IsCount(reader))
            {
                return Write(TokenUsage.Read(usage), none);
            }

            reader.Skip();
        }

        return null;
    }

    /// <param name="usage">The usage of the whole reply.</param>
    /// <param name="thinking">The tokens of the thinking before the continuation.</param>
    public static void Edit(in Chunk chunk, TokenUsage usage, int thinking, JsonSplicer splices)
    {
        var start = chunk.Layout.Usage.ValueStart;
        var reader = new Utf8JsonReader(chunk.Layout.Usage.Value(chunk.Json));
        reader.Read();
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var (isPrompt, isCompletion) = (reader.ValueTextEquals("prompt_tokens"u8), reader.ValueTextEquals("completion_tokens"u8));
            var (isTotal, isThinking) = (reader.ValueTextEquals("total_tokens"u8), reader.ValueTextEquals("reasoning_tokens"u8));
            var isCached = TokenUsage.IsCached(reader);
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && (isPrompt || isCompletion || isTotal || isThinking || isCached))
            {
                var own = reader.TryGetInt64(out var number) ? number : 0;
                var value = isPrompt ? usage.Prompt : isCompletion ? usage.Completion : isTotal ? usage.Prompt + usage.Completion
                    : isCached ? Math.Min(own, usage.Prompt)
                    : own + thinking;
                splices.Add(start + (int)reader.TokenStartIndex, reader.ValueSpan.Length,
                    Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
            }
        }
    }

    private static bool IsCount(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count) && count is >= 0 and <= int.MaxValue;

    private static byte[] Write(TokenUsage? usage, byte[] none)
    {
        if (usage is not var (prompt, completion) || prompt + completion == 0)
        {
            return none;
        }

        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"prompt_tokens":{{prompt}},"completion_tokens":{{completion}},"total_tokens":{{prompt + completion}}}"""));
    }
}
