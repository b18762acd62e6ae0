namespace LambdaChat.Upstream.Errors;

/// <summary>
/// The words in which model servers say that a conversation is too long. Clients know OpenAI's code <c>context_length_exceeded</c> and can
/// shorten it; servers have no code for it.
/// </summary>
internal static class ContextLength
{
    private static readonly string[] Phrases =
    [
        "maximum context length", // vLLM, LMI, NIM
        "longer than the model's context length", // SGLang
        "exceeds the available context size", // llama.cpp
        "`inputs` tokens + `max_new_tokens` must be", // TGI
        "`inputs` must have less than", // TGI
    ];

    public static bool IsExceeded(string message) => Array.Exists(Phrases, phrase => message.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
