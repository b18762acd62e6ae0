using System.Globalization;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// Parses one HTTP/1.1 response of the Runtime API from a growing buffer. A chunked body is decoded in place.
/// Source: https://www.rfc-editor.org/rfc/rfc9112
/// </summary>
internal sealed class ResponseParser
{
    /// <summary>Maximum length of a response, in bytes: a request of 6 MB as Base64 or escaped JSON.</summary>
    public const int MaximumLength = 12 * 1024 * 1024;

    private const int MaximumHeadLength = 64 * 1024;
    private const int NoChunk = -1;

    private int _bodyStart;
    private int _bodyEnd;
    private int _position;
    private int _chunkLength;
    private bool _isChunked;
    private bool _isInTrailers;

    /// <summary>Starts with a new response.</summary>
    public void Reset()
    {
        _bodyStart = 0;
        _chunkLength = NoChunk;
        _isInTrailers = false;
    }

    /// <summary>Parses the response. False if more bytes are needed.</summary>
    /// <param name="bytes">All bytes since <see cref="Reset"/>, as the previous call left them, followed by new ones.</param>
    /// <param name="response">The response. It is a view of <paramref name="bytes"/>.</param>
    /// <exception cref="IOException">The response is not valid HTTP, or it is too long.</exception>
    public bool TryParse(Memory<byte> bytes, out RuntimeApiResponse? response)
    {
        response = null;
        if (_bodyStart == 0 && !TryParseHead(bytes))
        {
            return false;
        }

        if (_isChunked ? !TryParseChunks(bytes.Span) : bytes.Length < _bodyEnd)
        {
            return false;
        }

        response = new RuntimeApiResponse(bytes[.._bodyStart], bytes[_bodyStart.._bodyEnd]);
        return true;
    }

    private bool TryParseHead(Memory<byte> bytes)
    {
        var end = bytes.Span.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return bytes.Length > MaximumHeadLength
                ? throw new IOException("The head of the Runtime API's response is longer than 64 KiB.")
                : false;
        }

        _bodyStart = end + 4;
        _position = _bodyStart;
        var head = new RuntimeApiResponse(bytes[.._bodyStart], default);
        _isChunked = string.Equals(head.GetHeader("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase);
        _bodyEnd = _bodyStart + (_isChunked ? 0 : ParseContentLength(head.GetHeader("Content-Length")));
        return true;
    }

    private static int ParseContentLength(string? value)
    {
        if (value is null)
        {
            return 0;
        }

        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length);
        return isNumber && length <= MaximumLength
            ? length
            : throw new IOException("The Runtime API's response has an invalid Content-Length or is longer than 12 MiB.");
    }

    // Each chunk is: size in hex [; extensions] CRLF data CRLF. The last chunk has size 0; trailers and an empty line follow.
    // The data overwrites the framing.
    private bool TryParseChunks(Span<byte> bytes)
    {
        while (true)
        {
            if (_chunkLength > 0)
            {
                if (bytes.Length < _position + _chunkLength + 2)
                {
                    return false;
                }

                TakeChunk(bytes);
            }
            else if (!TryReadLine(bytes, out var line))
            {
                return false;
            }
            else if (!_isInTrailers)
            {
                _chunkLength = ParseChunkSize(line);
                _isInTrailers = _chunkLength == 0;
            }
            else if (line.IsEmpty)
            {
                return true;
            }
        }
    }

    private void TakeChunk(Span<byte> bytes)
    {
        bytes.Slice(_position, _chunkLength).CopyTo(bytes[_bodyEnd..]);
        _bodyEnd += _chunkLength;
        _position += _chunkLength + 2;
        _chunkLength = NoChunk;
    }

    private bool TryReadLine(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line)
    {
        var rest = bytes[_position..];
        var end = rest.IndexOf("\r\n"u8);
        line = end < 0 ? default : rest[..end];
        _position += end < 0 ? 0 : end + 2;
        return end >= 0;
    }

    private static int ParseChunkSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).Trim((byte)' ');
        var isNumber = int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size);
        return isNumber && size is >= 0 and < MaximumLength
            ? size
            : throw new IOException("The Runtime API's response has an invalid chunk size.");
    }
}
