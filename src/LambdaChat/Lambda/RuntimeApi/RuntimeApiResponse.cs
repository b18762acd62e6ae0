using System.Globalization;
using System.Text;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>One HTTP response of the Runtime API. A view of the connection's buffer: valid until the next use of the connection.</summary>
internal sealed class RuntimeApiResponse(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
{
    /// <summary>The HTTP status code.</summary>
    public int Status { get; } = ReadStatus(head.Span);

    /// <summary>True if the status is 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>The value of the first header with this name, which is case-insensitive. Null if the header is missing.</summary>
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
        head.Length >= 12 && head.StartsWith("HTTP/1."u8) &&
        int.TryParse(head[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new IOException("The Runtime API's response is not HTTP.");
}
