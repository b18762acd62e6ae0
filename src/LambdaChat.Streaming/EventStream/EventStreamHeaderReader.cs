using System.Buffers.Binary;

namespace LambdaChat.Streaming.EventStream;

/// <summary>Reads the header block of a message from front to back, without allocating.</summary>
public ref struct EventStreamHeaderReader
{
    private ReadOnlySpan<byte> _block;

    internal EventStreamHeaderReader(ReadOnlySpan<byte> block) => _block = block;

    // header = [name length u8][name][type u8][value]
    /// <summary>Reads the next header; false at the end of the block.</summary>
    /// <exception cref="EventStreamException">A header runs past the block, or its type is unknown.</exception>
    public bool TryRead(out EventStreamHeader header)
    {
        if (_block.IsEmpty)
        {
            header = default;
            return false;
        }

        int nameLength = _block[0];
        if (_block.Length < nameLength + 2)
        {
            throw Truncated();
        }

        var name = _block.Slice(1, nameLength);
        var type = (EventStreamHeaderType)_block[nameLength + 1];
        var rest = _block[(nameLength + 2)..];
        var value = ReadValue(type, ref rest);
        _block = rest;
        header = new EventStreamHeader(name, type, value);
        return true;
    }

    private static ReadOnlySpan<byte> ReadValue(EventStreamHeaderType type, scoped ref ReadOnlySpan<byte> rest)
    {
        var length = type switch
        {
            EventStreamHeaderType.String or EventStreamHeaderType.ByteArray => ReadLength(ref rest),
            EventStreamHeaderType.BooleanTrue or EventStreamHeaderType.BooleanFalse => 0,
            EventStreamHeaderType.Byte => sizeof(byte),
            EventStreamHeaderType.Int16 => sizeof(short),
            EventStreamHeaderType.Int32 => sizeof(int),
            EventStreamHeaderType.Int64 or EventStreamHeaderType.Timestamp => sizeof(long),
            EventStreamHeaderType.Uuid => 16,
            _ => throw new EventStreamException(EventStreamError.HeaderTypeUnknown, "A header's value type is not one of 0 to 9."),
        };
        if (rest.Length < length)
        {
            throw Truncated();
        }

        var value = rest[..length];
        rest = rest[length..];
        return value;
    }

    private static int ReadLength(scoped ref ReadOnlySpan<byte> rest)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out var length))
        {
            throw Truncated();
        }

        rest = rest[sizeof(ushort)..];
        return length;
    }

    private static EventStreamException Truncated() =>
        new(EventStreamError.HeaderTruncated, "A header runs past the end of the header block.");
}
