using System.Text;
using LambdaChat.Json;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// Thinking as a text that clients send back unread: a prefix and the thinking in Base64. It is the value of <c>encrypted_content</c> in
/// the Responses API and of <c>signature</c> in the Messages API, so that the model reads its own thinking in the next turn. It is not
/// encrypted: it holds nothing that the client could not request.
/// </summary>
internal static class ThinkingEnvelope
{
    private const string Prefix = "lambdachat-thinking-1.";

    /// <summary>Encodes a text that is escaped as in JSON.</summary>
    public static string Encode(ReadOnlySpan<byte> escaped) =>
        Prefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonText.Decode(escaped)));

    /// <summary>Returns the text; null for a value of another server.</summary>
    public static string? Open(string value)
    {
        var bytes = new byte[value.Length];
        return value.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64Chars(value.AsSpan(Prefix.Length), bytes, out var length)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
            : null;
    }
}
