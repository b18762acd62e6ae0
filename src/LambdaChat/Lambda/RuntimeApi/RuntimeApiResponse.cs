using System.Globalization;
using System.Text;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// One answer of the Runtime API. A view on its connection's buffer: valid until the connection is next used.
/// </summary>
internal sealed class RuntimeApiResponse(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = ReadStatus(head.Span);

    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>The value of the first header of that name, in any case; null where there is none.</summary>
    public string? GetHeader(string name)
    {
        var rest = head.Span;
        for (var end = rest.IndexOf("\r\n"u8); end >= 0; end = rest.IndexOf("\r\n"u8))
        {
            var line = rest[..end];
            var colon = line.IndexOf((byte)':');
            if (colon == name.Length && Ascii.EqualsIgnoreCase(line[..colon], name))
            {
                return Encoding.Latin1.GetString(line[(colon + 1)..]).Trim();
            }

            rest = rest[(end + 2)..];
        }

        return null;
    }

    // HTTP/1.1 200 OK
    private static int ReadStatus(ReadOnlySpan<byte> head) =>
        head.Length >= 12 && head.StartsWith("HTTP/1."u8) && int.TryParse(head[9..12], CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new IOException("The Runtime API's answer is not HTTP.");
}
