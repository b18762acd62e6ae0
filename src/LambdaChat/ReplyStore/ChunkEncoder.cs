using System.Buffers.Binary;
using System.Numerics;
using LambdaChat.Streaming;

namespace LambdaChat.ReplyStore;

/// <summary>
/// Encodes each chunk of a reply as its difference from the previous one: the number of equal bytes at its start and at its end, and the
/// bytes between. The chunks of two tokens differ in little more than their text. Not thread-safe.
/// </summary>
internal sealed class ChunkEncoder
{
    private readonly ByteBuffer _last = new(512);

    public void Write(ReadOnlySpan<byte> chunk, ByteBuffer output)
    {
        var last = _last.Span;
        var prefix = chunk.CommonPrefixLength(last);
        var suffix = CommonSuffixLength(chunk[prefix..], last[prefix..]);
        var middle = chunk[prefix..^suffix];
        WriteNumber(prefix, output);
        WriteNumber(suffix, output);
        WriteNumber(middle.Length, output);
        output.Append(middle);
        _last.Clear();
        _last.Append(chunk);
    }

    private static int CommonSuffixLength(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var length = 0;
        var most = Math.Min(a.Length, b.Length);
        for (; most - length >= sizeof(ulong); length += sizeof(ulong))
        {
            var difference = BinaryPrimitives.ReadUInt64LittleEndian(a[^(length + sizeof(ulong))..])
                ^ BinaryPrimitives.ReadUInt64LittleEndian(b[^(length + sizeof(ulong))..]);
            if (difference != 0)
            {
                return length + (BitOperations.LeadingZeroCount(difference) / 8);
            }
        }

        while (length < most && a[^(length + 1)] == b[^(length + 1)])
        {
            length++;
        }

        return length;
    }

    // Seven bits a byte, the lowest first.
    private static void WriteNumber(int number, ByteBuffer output)
    {
        Span<byte> bytes = stackalloc byte[5];
        var length = 0;
        for (; number >= 0x80; number >>= 7)
        {
            bytes[length++] = (byte)(number | 0x80);
        }

        bytes[length++] = (byte)number;
        output.Append(bytes[..length]);
    }
}
