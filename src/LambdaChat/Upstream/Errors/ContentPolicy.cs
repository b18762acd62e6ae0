namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Recognizes refused content: the codes of OpenAI's and Azure's APIs, which guards in front of model servers use. The same request would
/// be refused again, whatever status the server sends.
/// </summary>
internal static class ContentPolicy
{
    private static readonly string[] Codes =
        ["content_policy_violation", "content_filter", "ResponsibleAIPolicyViolation", "invalid_prompt", "moderation_blocked"];

    /// <summary>Returns the code of the refusal, which some servers send as the type; null for any other error.</summary>
    public static string? FindCode(string? code, string? type) =>
        Codes.Contains(code) ? code : Codes.Contains(type) ? type : null;
}
