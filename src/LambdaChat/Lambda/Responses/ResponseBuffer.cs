using System.Buffers;
using System.Buffers.Text;

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

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialLength);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(HeadLength, Length);

    /// <summary>True if the bytes end with an empty line, as SSE events do.</summary>
    public bool EndsWithEvent => Span.EndsWith("\n\n"u8);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - HeadLength - EndLength - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(HeadLength + Length, _bytes.Length - HeadLength - EndLength - Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Clear() => Length = 0;

    /// <summary>
    /// The bytes as one HTTP chunk. If <paramref name="isLast"/>, the end of the body follows. Valid until the next write.
    /// </summary>
    public ReadOnlyMemory<byte> ToChunk(bool isLast)
    {
        var end = HeadLength + Length;
        var start = HeadLength;
        if (Length > 0)
        {
            Span<byte> size = stackalloc byte[8];
            Utf8Formatter.TryFormat(Length, size, out var digits, 'x');
            "\r\n"u8.CopyTo(_bytes.AsSpan(HeadLength - 2));
            start = HeadLength - 2 - digits;
            size[..digits].CopyTo(_bytes.AsSpan(start));
            "\r\n"u8.CopyTo(_bytes.AsSpan(end));
            end += 2;
        }

        if (isLast)
        {
            "0\r\n\r\n"u8.CopyTo(_bytes.AsSpan(end));
            end += 5;
        }

        return _bytes.AsMemory(start, end - start);
    }

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void MakeRoom(int count)
    {
        var needed = HeadLength + Length + count + EndLength;
        if (needed <= _bytes.Length)
        {
            return;
        }

        if (Length + count > maximumLength)
        {
            throw new IOException($"More than {maximumLength} bytes were written without a flush.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _bytes.Length));
        _bytes.AsSpan(0, HeadLength + Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
