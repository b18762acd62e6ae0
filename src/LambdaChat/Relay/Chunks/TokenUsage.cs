using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The tokens that a reply used, as the model server counted them. Source: https://platform.openai.com/docs/api-reference/completions/object</summary>
internal sealed record TokenUsage(long Prompt, long Completion)
{
    /// <summary>Reads a <c>usage</c> object; members that it does not have count as none.</summary>
    public static TokenUsage Read(ReadOnlySpan<byte> usage)
    {
        long prompt = 0, completion = 0;
        var reader = new Utf8JsonReader(usage, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPrompt = reader.ValueTextEquals("prompt_tokens"u8);
            var isCompletion = reader.ValueTextEquals("completion_tokens"u8);
            reader.Read();
            var count = (isPrompt || isCompletion) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : 0;
            reader.Skip();
            prompt += isPrompt ? count : 0;
            completion += isCompletion ? count : 0;
        }

        return new TokenUsage(prompt, completion);
    }
}
