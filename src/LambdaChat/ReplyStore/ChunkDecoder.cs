using LambdaChat.Streaming;

namespace LambdaChat.ReplyStore;

/// <summary>Reads the chunks that <see cref="ChunkEncoder"/> wrote, from parts that are cut anywhere. Not thread-safe.</summary>
internal sealed class ChunkDecoder
{
    private readonly ByteBuffer _input = new(1024);
    private readonly ByteBuffer _chunk = new(512);
    private readonly ByteBuffer _next = new(512);
    private int _position;

    /// <summary>The chunk that was read last. Valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Chunk => _chunk.Span;

    /// <summary>The bytes that wait.</summary>
    public int Length => _input.Length - _position;

    /// <summary>Takes the next part.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        _input.RemoveFront(_position);
        _position = 0;
        _input.Append(part);
    }

    /// <summary>Reads a chunk. False if the next one is not complete.</summary>
    /// <exception cref="ReplyStoreException">The parts are damaged.</exception>
    public bool TryRead()
    {
        var rest = _input.Span[_position..];
        if (!TryReadNumber(ref rest, out var prefix) || !TryReadNumber(ref rest, out var suffix) || !TryReadNumber(ref rest, out var length)
            || length > rest.Length)
        {
            return false;
        }

        var last = _chunk.Span;
        if (prefix > last.Length || suffix > last.Length - prefix)
        {
            throw Damaged();
        }

        _next.Clear();
        _next.Append(last[..prefix]);
        _next.Append(rest[..length]);
        _next.Append(last[^suffix..]);
        _chunk.Clear();
        _chunk.Append(_next.Span);
        _position = _input.Length - rest.Length + length;
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out int number)
    {
        var value = 0L;
        for (var i = 0; i < bytes.Length; i++)
        {
            value |= (long)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                number = value <= int.MaxValue ? (int)value : throw Damaged();
                return true;
            }

            if (i == 4)
            {
                throw Damaged();
            }
        }

        number = 0;
        return false;
    }

    private static ReplyStoreException Damaged() => new("A part of a stored reply is damaged.");
}
