using System.Buffers;
using System.Buffers.Text;
using LambdaChat.Streaming;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// Body bytes that are not sent yet. The buffer has room for the HTTP chunk framing around them, so that one write sends both.
/// </summary>
/// <param name="maximumLength">Maximum number of unsent bytes.</param>
internal sealed class ResponseBuffer(int maximumLength) : IBufferWriter<byte>, IDisposable
{
    private const int HeadLength = 10; // The chunk size in at most eight hexadecimal digits, CRLF.
    private const int EndLength = 2 + 5; // CRLF, "0", CRLF, CRLF
    private const int InitialLength = 4 * 1024;

    private readonly ByteBuffer _bytes = new(InitialLength, isPooled: true);

    public int Length => Math.Max(_bytes.Length - HeadLength, 0);

    public ReadOnlySpan<byte> Span => _bytes.Span[Math.Min(HeadLength, _bytes.Length)..];

    /// <summary>True if the bytes end with an SSE event or comment. A comment of a stream with ids has no empty line.</summary>
    public bool EndsWithEvent(bool hasIds) => Span.EndsWith(hasIds ? "\n"u8 : "\n\n"u8);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Capacity - EndLength - _bytes.Length);
        _bytes.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var count = Math.Max(sizeHint, 1);
        if (_bytes.Length == 0)
        {
            _bytes.GetMemory(HeadLength);
            _bytes.Advance(HeadLength);
        }

        if (_bytes.Capacity - _bytes.Length < count + EndLength && Length + count > maximumLength)
        {
            throw new IOException($"More than {maximumLength} bytes were written without a flush.");
        }

        var memory = _bytes.GetMemory(count + EndLength);
        return memory[..^EndLength];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Clear() => _bytes.Clear();

    /// <summary>
    /// The bytes as one HTTP chunk. If <paramref name="isLast"/>, the end of the body follows. Valid until the next write.
    /// </summary>
    public ReadOnlyMemory<byte> ToChunk(bool isLast)
    {
        var length = Length;
        if (_bytes.Length == 0)
        {
            _bytes.GetMemory(HeadLength);
            _bytes.Advance(HeadLength);
        }

        _bytes.GetMemory(EndLength);
        var bytes = _bytes.Whole.Span;
        var (start, end) = (HeadLength, HeadLength + length);
        if (length > 0)
        {
            Span<byte> size = stackalloc byte[8];
            Utf8Formatter.TryFormat(length, size, out var digits, 'x');
            "\r\n"u8.CopyTo(bytes[(HeadLength - 2)..]);
            start = HeadLength - 2 - digits;
            size[..digits].CopyTo(bytes[start..]);
            "\r\n"u8.CopyTo(bytes[end..]);
            end += 2;
        }

        if (isLast)
        {
            "0\r\n\r\n"u8.CopyTo(bytes[end..]);
            end += 5;
        }

        return _bytes.Whole[start..end];
    }

    public void Dispose() => _bytes.Return();
}
