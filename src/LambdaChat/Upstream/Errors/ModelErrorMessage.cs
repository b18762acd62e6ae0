using System.Globalization;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// The message of SageMaker's <c>ModelError</c>, which quotes the error of a container:
/// <c>Received client error (400) from primary with message "…". See …</c>. Each part is searched once.
/// </summary>
internal static class ModelErrorMessage
{
    private const string Start = "Received ";
    private const string Status = " error (";
    private const string From = ") from ";
    private const string Message = " with message \"";
    private const int StatusLength = 3;
    private const int MaximumSenderLength = 256;

    /// <summary>Returns the container's error; null for any other text.</summary>
    /// <param name="status">The container's HTTP status; null for any other text.</param>
    public static string? Unwrap(string text, out int? status)
    {
        status = null;
        var rest = text.AsSpan();
        if (!TrySkip(ref rest, Start) || !(TrySkip(ref rest, "client") || TrySkip(ref rest, "server")) || !TrySkip(ref rest, Status)
            || rest.Length < StatusLength
            || !int.TryParse(rest[..StatusLength], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        rest = rest[StatusLength..];
        if (!TrySkip(ref rest, From) || rest[..Math.Min(rest.Length, MaximumSenderLength + 1)].IndexOf(' ') is not (> 0 and var sender))
        {
            return null;
        }

        rest = rest[sender..];
        if (!TrySkip(ref rest, Message) || FindEnd(rest) is not (>= 0 and var end))
        {
            return null;
        }

        status = number;
        return rest[..end].ToString().Replace("\\\"", "\"", StringComparison.Ordinal).Trim();
    }

    // The message may contain the same words.
    private static int FindEnd(ReadOnlySpan<char> text) => Math.Max(text.LastIndexOf("\" See "), text.LastIndexOf("\". See "));

    private static bool TrySkip(ref ReadOnlySpan<char> text, string part)
    {
        if (!text.StartsWith(part))
        {
            return false;
        }

        text = text[part.Length..];
        return true;
    }
}
