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
}
