using System.Buffers.Binary;

namespace LambdaChat.Streaming.EventStream;

/// <summary>Reads the header block of a message from front to back, without allocating.</summary>
public ref struct EventStreamHeaderReader
{
    private const int LengthInFront = -1;

    private readonly ReadOnlySpan<byte> _block;
    private int _position;

    internal EventStreamHeaderReader(ReadOnlySpan<byte> block) => _block = block;

    // The length of the value by header type. Byte arrays and strings begin with a two-byte length.
    private static ReadOnlySpan<sbyte> ValueLengths => [0, 0, 1, 2, 4, 8, LengthInFront, LengthInFront, 8, 16];

    // header = [name length u8][name][type u8][value]
    /// <summary>Reads the next header; false at the end of the block.</summary>
    /// <exception cref="EventStreamException">A header runs past the block, or its type is unknown.</exception>
    public bool TryRead(out EventStreamHeader header)
    {
        var start = _position;
        if (start >= _block.Length)
        {
            header = default;
            return false;
        }

        int nameLength = _block[start];
        var typePosition = start + 1 + nameLength;
        if (typePosition >= _block.Length)
        {
            throw Truncated();
        }

        var type = _block[typePosition];
        var valueStart = typePosition + 1;
        int valueLength = type < ValueLengths.Length ? ValueLengths[type] : throw UnknownType();
        if (valueLength == LengthInFront)
        {
            valueLength = ReadLength(valueStart);
            valueStart += sizeof(ushort);
        }

        if (valueLength > _block.Length - valueStart)
        {
            throw Truncated();
        }

        _position = valueStart + valueLength;
        header = new EventStreamHeader(
            _block.Slice(start + 1, nameLength),
            (EventStreamHeaderType)type,
            _block.Slice(valueStart, valueLength));
        return true;
    }

    private readonly int ReadLength(int position) =>
        BinaryPrimitives.TryReadUInt16BigEndian(_block[position..], out var length) ? length : throw Truncated();

    private static EventStreamException Truncated() =>
        new(EventStreamError.HeaderTruncated, "A header runs past the end of the header block.");

    private static EventStreamException UnknownType() =>
        new(EventStreamError.HeaderTypeUnknown, "A header's value type is not one of 0 to 9.");
}
