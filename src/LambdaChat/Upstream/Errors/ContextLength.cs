namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Recognizes the errors of model servers for a conversation that is too long. Clients shorten the conversation when they receive OpenAI's
/// code <c>context_length_exceeded</c>, which most servers do not send.
/// </summary>
internal static class ContextLength
{
    public const string Code = "context_length_exceeded";

    private static readonly string[] Phrases =
    [
        "maximum context length", // vLLM, LMI, NIM
        "context length is only", // vLLM before 0.17
        "longer than the model's context length", // SGLang
        "exceeds the available context size", // llama.cpp
        "`inputs` tokens + `max_new_tokens` must be", // TGI
        "`inputs` must have less than", // TGI
        "exceeds max_seq_len", // TensorRT-LLM
        "prompt is too long",
        "prompt too long",
        "input is too long",
    ];

    // A message that has words for the limit and for exceeding it is also recognized.
    private static readonly string[] Limits =
    [
        "context length", "context window", "context size", "model length", "sequence length", "max_model_len", "max_seq_len",
        "max_input_len", "session_len",
    ];

    private static readonly string[] Comparisons = ["exceed", "longer than", "greater than", "larger than", "less than", "too long"];

    public static bool IsExceeded(string message) =>
        Has(message, Phrases) || (Has(message, Limits) && Has(message, Comparisons))
        || (message.StartsWith("context of ", StringComparison.OrdinalIgnoreCase)
            && message.Contains("exceeded", StringComparison.OrdinalIgnoreCase));

    private static bool Has(string message, string[] words) =>
        Array.Exists(words, word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
}
