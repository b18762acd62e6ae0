using LambdaChat.Streaming;

namespace LambdaChat.ReplyStore;

/// <summary>Reads the chunks that <see cref="ChunkEncoder"/> wrote, from parts that are cut anywhere. Not thread-safe.</summary>
internal sealed class ChunkDecoder
{
    private readonly ByteBuffer _input = new(1024);
    private readonly ByteBuffer _chunk = new(512);
    private readonly ByteBuffer _template = new(512);
    private int _position;
    private int _prefix;
    private int _suffix;

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
        var (prefix, suffix) = (_prefix, _suffix);
        if (!TryReadNumber(ref rest, out var header))
        {
            return false;
        }

        var (length, isTemplate) = (header >> 1, (header & 1) != 0);
        if ((isTemplate && (!TryReadNumber(ref rest, out prefix) || !TryReadNumber(ref rest, out suffix))) || length > rest.Length)
        {
            return false;
        }

        var template = _template.Span;
        if (prefix > template.Length || suffix > template.Length - prefix)
        {
            throw Damaged();
        }

        _chunk.Clear();
        _chunk.Append(template[..prefix]);
        _chunk.Append(rest[..length]);
        _chunk.Append(template[^suffix..]);
        _position = _input.Length - rest.Length + length;
        if (isTemplate)
        {
            (_prefix, _suffix) = (prefix, suffix);
            _template.Clear();
            _template.Append(_chunk.Span);
        }

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
