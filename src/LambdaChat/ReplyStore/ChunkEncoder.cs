using System.Buffers.Binary;
using System.Numerics;
using LambdaChat.Streaming;

namespace LambdaChat.ReplyStore;

/// <summary>
/// Encodes each chunk of a reply as its difference from an earlier one: the number of equal bytes at its start and at its end, and the
/// bytes between. The chunks of two tokens differ in little more than their text, so that most chunks repeat the two numbers of the one
/// before, and only the bytes between are written. Not thread-safe.
/// </summary>
internal sealed class ChunkEncoder
{
    private const int MaximumNumber = 5; // Bytes of a number.

    private readonly ByteBuffer _template = new(512);
    private int _prefix;
    private int _suffix;

    public void Write(ReadOnlySpan<byte> chunk, ByteBuffer output)
    {
        if (IsLikeTemplate(chunk))
        {
            WriteMiddle(chunk[_prefix..^_suffix], isTemplate: false, output);
            return;
        }

        var last = _template.Span;
        _prefix = chunk.CommonPrefixLength(last);
        _suffix = CommonSuffixLength(chunk[_prefix..], last[_prefix..]);
        WriteMiddle(chunk[_prefix..^_suffix], isTemplate: true, output);
        _template.Clear();
        _template.Append(chunk);
    }

    // Also false if more bytes at the start or end are equal than the numbers say. The new numbers then suit the next chunks better.
    private bool IsLikeTemplate(ReadOnlySpan<byte> chunk)
    {
        var template = _template.Span;
        if (template.IsEmpty || chunk.Length < _prefix + _suffix || !chunk.StartsWith(template[.._prefix])
            || !chunk.EndsWith(template[^_suffix..]))
        {
            return false;
        }

        var middle = chunk[_prefix..^_suffix];
        var other = template[_prefix..^_suffix];
        return middle.Length < sizeof(uint) || other.Length < sizeof(uint)
            || (!middle.StartsWith(other[..sizeof(uint)]) && !middle.EndsWith(other[^sizeof(uint)..]));
    }

    // The lowest bit of the first number says whether the two others follow.
    private void WriteMiddle(ReadOnlySpan<byte> middle, bool isTemplate, ByteBuffer output)
    {
        var bytes = output.GetMemory((3 * MaximumNumber) + middle.Length).Span;
        var length = WriteNumber((middle.Length << 1) | (isTemplate ? 1 : 0), bytes);
        if (isTemplate)
        {
            length += WriteNumber(_prefix, bytes[length..]);
            length += WriteNumber(_suffix, bytes[length..]);
        }

        middle.CopyTo(bytes[length..]);
        output.Advance(length + middle.Length);
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
    private static int WriteNumber(int number, Span<byte> bytes)
    {
        var length = 0;
        for (; number >= 0x80; number >>= 7)
        {
            bytes[length++] = (byte)(number | 0x80);
        }

        bytes[length++] = (byte)number;
        return length;
    }
}
