using System.Buffers;

namespace LambdaChat.Chat;

/// <summary>Replacements in one JSON text, front to back. It is kept and filled anew for each text.</summary>
internal sealed class Splices
{
    private (int Start, int Length, byte[] Replacement)[] _splices = new (int, int, byte[])[4];
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>Puts <paramref name="replacement"/> in the place of <paramref name="length"/> bytes, behind all splices so far.</summary>
    public void Add(int start, int length, byte[] replacement)
    {
        if (_count == _splices.Length)
        {
            Array.Resize(ref _splices, 2 * _count);
        }

        _splices[_count++] = (start, length, replacement);
    }

    /// <summary>Writes the text with its replacements.</summary>
    public void WriteTo(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        var position = 0;
        foreach (var (start, length, replacement) in _splices.AsSpan(0, _count))
        {
            output.Write(text[position..start]);
            output.Write(replacement);
            position = start + length;
        }

        output.Write(text[position..]);
    }
}
