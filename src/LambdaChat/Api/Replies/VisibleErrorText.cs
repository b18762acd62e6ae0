namespace LambdaChat.Api.Replies;

/// <summary>The text that shows a failure in clients that ignore error events: <c>\n\n[Error: message]</c>.</summary>
internal static class VisibleErrorText
{
    private const string Prefix = "\n\n[Error: ";
    private const string Suffix = "]";
    private const int MaximumLength = 2 * 1024; // An error message has at most 2 KiB.

    /// <summary>Bytes of every JSON document that contains the text.</summary>
    public static ReadOnlySpan<byte> Start => "[Error: "u8;

    public static string Format(string message) => Prefix + message + Suffix;

    /// <summary>Removes the text from the end of an earlier reply, which some clients send back as part of it.</summary>
    public static string Remove(string reply)
    {
        if (!reply.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return reply;
        }

        var start = reply.LastIndexOf(Prefix, StringComparison.Ordinal);
        return start >= 0 && reply.Length - start <= Prefix.Length + MaximumLength + Suffix.Length ? reply[..start] : reply;
    }
}
