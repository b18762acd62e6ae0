using System.Globalization;
using System.Text;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>A response that was read to the end of the connection.</summary>
/// <param name="Body">Without chunk framing.</param>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    /// <param name="text">The bytes of the response in Latin-1.</param>
    public static RawAnswer Parse(string text)
    {
        while (text.StartsWith("HTTP/1.1 100 ", StringComparison.Ordinal))
        {
            text = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, "The connection ended without a response.");
        var (head, body) = (text[..end], text[(end + 4)..]);
        var status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        body = head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase) ? Join(body) : body;
        return new RawAnswer(status, head, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
    }

    private static string Join(string chunks)
    {
        var body = "";
        while (chunks.IndexOf("\r\n", StringComparison.Ordinal) is var line and > 0)
        {
            var length = int.Parse(chunks.AsSpan(0, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body += chunks.Substring(line + 2, Math.Min(length, chunks.Length - line - 2));
            chunks = chunks[Math.Min(line + 2 + length + 2, chunks.Length)..];
        }

        return body;
    }
}
