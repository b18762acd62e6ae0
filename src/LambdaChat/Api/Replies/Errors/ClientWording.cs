using LambdaChat.Upstream.Errors;

namespace LambdaChat.Api.Replies.Errors;

/// <summary>Adds the words to a model server's message by which clients recognize two errors: of the length, and of an image.</summary>
internal static class ClientWording
{
    private const string TooLong = "this model's maximum context length is";

    /// <summary>
    /// The message in the words of OpenAI's API. Agents look for the code or the words: LiteLLM, and with it OpenHands and Aider, for those
    /// about the length. Codex replaces the image of a tool's output. Sources:
    /// https://github.com/BerriAI/litellm/blob/main/litellm/litellm_core_utils/exception_mapping_utils.py and
    /// https://github.com/openai/codex/blob/main/codex-rs/codex-api/src/api_bridge.rs
    /// </summary>
    public static string ForOpenAI(string message, bool isTooLong) =>
        (!isTooLong ? ForImage("The image data you provided does not represent a valid image for this model", message)
        : message.Contains(TooLong, StringComparison.OrdinalIgnoreCase) ? null
        : Fitting($"{message} ({ContextLength.Code}: {TooLong} exceeded)")) ?? message;

    /// <summary>
    /// The message in the words of Anthropic's API; null for the model server's. Claude Code shortens the conversation, or removes the
    /// images from its history.
    /// </summary>
    public static string? ForAnthropic(string message, bool isTooLong) =>
        isTooLong ? ContextOverflow.Explain(message) : ForImage("Could not process image", message);

    private static string? ForImage(string words, string message) =>
        ImageRefusal.IsRefused(message) ? Fitting($"{words}: {message}") : null;

    private static string? Fitting(string explained) => ErrorText.Fits(explained) ? explained : null;
}
