namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Recognizes refused content by the codes of OpenAI's and Azure's APIs, which content filters in front of model servers also use. The same
/// request would be refused again, even if the server sends a status that allows a retry.
/// </summary>
internal static class ContentPolicy
{
    private static readonly string[] Codes =
        ["content_policy_violation", "content_filter", "ResponsibleAIPolicyViolation", "invalid_prompt", "moderation_blocked"];

    /// <summary>Returns the code of the refusal, which some servers send as the type; null for any other error.</summary>
    public static string? FindCode(string? code, string? type) =>
        Codes.Contains(code) ? code : Codes.Contains(type) ? type : null;
}
