using System.Globalization;
using System.Text;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>Writes the usage of a whole reply into the chunk of a continuation, which counts its own call only.</summary>
internal static class UsageEditor
{
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
            var isCached = reader.ValueTextEquals("cached_tokens"u8);
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
}
