namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Recognizes the errors of model servers for an image that the model cannot read. The same request would be refused again, even if the
/// server sends a status that allows a retry.
/// </summary>
internal static class ImageRefusal
{
    private static readonly string[] Phrases =
    [
        "is not a multimodal model", // vLLM
        "at most 0 image", // vLLM, by its settings
        "image input is not supported", // llama.cpp
        "only 'text' content type is supported", // mlx-lm
        "not support image",
        "images are not supported",
    ];

    public static bool IsRefused(string message) =>
        Array.Exists(Phrases, phrase => message.Contains(phrase, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The message with the words of OpenAI's API, after which Codex replaces the image of a tool's output; the message itself for other
    /// errors. Source: https://github.com/openai/codex/blob/main/codex-rs/codex-api/src/api_bridge.rs
    /// </summary>
    public static string ExplainForOpenAI(string message) =>
        Explain("The image data you provided does not represent a valid image for this model", message) ?? message;

    /// <summary>
    /// The message with the words of Anthropic's API, after which Claude Code removes the images from its history; null for other errors.
    /// </summary>
    public static string? ExplainForAnthropic(string message) => Explain("Could not process image", message);

    private static string? Explain(string words, string message)
    {
        var explained = $"{words}: {message}";
        return IsRefused(message) && ErrorText.Fits(explained) ? explained : null;
    }
}
