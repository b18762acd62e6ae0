using System.Net;
using System.Text;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Makes the error text of a model server safe to show: one message of at most 2 KiB, without tracebacks, echoed input and names of the
/// infrastructure. The whole text is searched for a traceback. Of the rest, at most <see cref="MaximumRead"/> characters are read.
/// </summary>
internal static class ErrorText
{
    /// <summary>The message of an error without text.</summary>
    public const string Fallback = "The model server failed without an error message.";

    private const int MaximumRead = 8 * 1024; // UTF-16 code units.
    private const int MaximumLength = 2 * 1024; // Bytes of UTF-8.
    private const string Traceback = "Traceback (most recent call last):";
    private const string StackTraceHint = "See stack trace";
    private const string RejectedBody = "The model server rejected the request body: a field has a wrong type or value.";

    // vLLM's /invocations tries the body as each of its APIs. Its error is then about the last one.
    private static readonly string[] UnclearMessages = ["Either prompt or prompt_embeds must be provided", "Cannot find suitable handler"];

    /// <summary>Returns the text to show.</summary>
    public static string Clean(string text)
    {
        text = CutTraceback(text);
        text = Html.ReadTitle(text.Length <= MaximumRead ? text : text[..MaximumRead]);
        text = PythonErrors.Simplify(text);
        text = CutHint(text);
        text = InfrastructureRedactor.Redact(SecretRedactor.Redact(WithoutControls(text))).Trim();
        return text.Length == 0 ? Fallback
            : Array.Exists(UnclearMessages, message => text.Contains(message, StringComparison.Ordinal)) ? RejectedBody
            : Cut(text);
    }

    /// <summary>True if a text is short enough to show.</summary>
    public static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= MaximumLength;

    // The text before a traceback; if there is none, the exception at the end of the traceback.
    private static string CutTraceback(string text)
    {
        var start = text.IndexOf(Traceback, StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        var before = text[..Math.Min(start, MaximumRead)];
        if (!string.IsNullOrWhiteSpace(before))
        {
            return before;
        }

        var trimmed = text.AsSpan().TrimEnd();
        var last = trimmed[(trimmed.LastIndexOf('\n') + 1)..];
        return last.Length is > 0 and <= MaximumRead && !char.IsWhiteSpace(last[0]) && !last.StartsWith(Traceback) ? last.ToString() : "";
    }

    private static string WithoutControls(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsControl(character) || character is '\n' or '\r' or '\t')
            {
                output.Append(character);
            }
        }

        return output.ToString();
    }

    // "EngineCore encountered an issue. See stack trace (above) for the root cause."
    private static string CutHint(string text)
    {
        var start = text.IndexOf(StackTraceHint, StringComparison.Ordinal);
        return start < 0 ? text : text[..start];
    }

    private static string Cut(string text)
    {
        if (Fits(text))
        {
            return text;
        }

        Span<byte> head = stackalloc byte[MaximumLength - 3];
        Encoding.UTF8.GetEncoder().Convert(text, head, flush: false, out _, out var used, out _);
        return Encoding.UTF8.GetString(head[..used]) + "…";
    }
}

/// <summary>Error pages of proxies and web servers.</summary>
internal static class Html
{
    /// <summary>The title of an HTML page; every other text unchanged.</summary>
    public static string ReadTitle(string text) =>
        text.AsSpan().TrimStart() is not ['<', ..] ? text
        : ReadElement(text, "title") ?? ReadElement(text, "h1") ?? "";

    private static string? ReadElement(string text, string name)
    {
        var start = text.IndexOf($"<{name}", StringComparison.OrdinalIgnoreCase);
        var open = start < 0 ? -1 : text.IndexOf('>', start);
        var end = open < 0 ? -1 : text.IndexOf('<', open);
        return end < 0 ? null : WebUtility.HtmlDecode(text[(open + 1)..end]);
    }
}
