using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Json;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// The session in the user id of Claude Code: the whole text <c>user_…_account_…_session_ID</c>, or since 2026 the member
/// <c>session_id</c> of a JSON text. A user id of other clients names a person and not a conversation.
/// </summary>
internal static class ClientSession
{
    private const string Mark = "session";
    private const string Separators = "_-:=";

    /// <summary>Returns the name of the session; null for none.</summary>
    public static string? Find(string userId)
    {
        if (userId.StartsWith('{'))
        {
            return RequestJson.TryParse(Encoding.UTF8.GetBytes(userId)) is { } json && json.Find("session_id") is { HasText: true } member
                ? JsonText.Decode(member.Text(json.Body.Span))
                : null;
        }

        var start = userId.LastIndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (start < 0 || (start > 0 && char.IsLetterOrDigit(userId[start - 1])))
        {
            return null;
        }

        var rest = userId.AsSpan(start + Mark.Length);
        var id = rest.TrimStart(Separators);
        return id.IsEmpty || id.Length == rest.Length ? null : userId; // Sessions of other users may have the same id.
    }
}
