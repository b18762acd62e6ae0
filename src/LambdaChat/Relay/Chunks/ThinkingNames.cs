namespace LambdaChat.Relay.Chunks;

/// <summary>The names under which model servers and gateways send thinking.</summary>
internal static class ThinkingNames
{
    /// <summary>
    /// True for a member of a delta whose text is thinking: vLLM's <c>reasoning</c>, DeepSeek's <c>reasoning_content</c>, Ollama's
    /// <c>thinking</c> and Copilot's <c>reasoning_text</c>.
    /// </summary>
    public static bool IsText(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("reasoning_content"u8) || name.SequenceEqual("reasoning"u8) || name.SequenceEqual("thinking"u8)
        || name.SequenceEqual("reasoning_text"u8);

    /// <summary>
    /// True for any name or type of thinking, such as <c>reasoning_details</c> (OpenRouter), <c>thinking_blocks</c> (LiteLLM) or
    /// <c>thought</c> (Gemini). Also true for a text that contains such a name.
    /// </summary>
    public static bool Contains(ReadOnlySpan<byte> text) => // The first letter may be a capital one.
        text.IndexOf("easoning"u8) >= 0 || text.IndexOf("hinking"u8) >= 0 || text.IndexOf("hought"u8) >= 0;

    /// <summary>True for a text in the form of a chunk with ids of tokens, from which the thinking can be decoded.</summary>
    public static bool IsTokenIds(ReadOnlySpan<byte> name) => name.EndsWith("token_ids"u8) && !name.StartsWith("prompt"u8);
}
