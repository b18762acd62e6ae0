using LambdaChat.Streaming;

namespace LambdaChat.Json;

/// <summary>
/// Replacements in one JSON text, reused for further texts after <see cref="Clear"/>. <see cref="Scratch"/> holds replacements that are
/// composed without a separate array.
/// </summary>
internal sealed class JsonSplicer
{
    private Splice[] _splices = new Splice[8];
    private int _count;

    /// <summary>The buffer of <see cref="AddScratch"/>.</summary>
    public ByteBuffer Scratch { get; } = new(256);

    public void Clear()
    {
        _count = 0;
        Scratch.Clear();
    }

    /// <summary>Replaces <paramref name="length"/> bytes. Insertions at the same place keep the order of the calls.</summary>
    public void Add(int start, int length, byte[] replacement) =>
        Insert(new Splice { Start = start, Length = length, Bytes = replacement });

    /// <summary>
    /// Replaces bytes with those of <see cref="Scratch"/> from <paramref name="from"/> on, without the last <paramref name="trim"/>.
    /// </summary>
    public void AddScratch(int start, int length, int from, int trim = 0) =>
        Insert(new Splice { Start = start, Length = length, BytesStart = from, BytesEnd = Scratch.Length - trim });

    /// <summary>Writes the text with its replacements.</summary>
    public void WriteTo(ByteBuffer output, ReadOnlySpan<byte> text)
    {
        var position = 0;
        for (var i = 0; i < _count; i++)
        {
            ref readonly var splice = ref _splices[i];
            output.Append(text[position..splice.Start]);
            output.Append(splice.Bytes is null ? Scratch.Span[splice.BytesStart..splice.BytesEnd] : splice.Bytes);
            position = splice.Start + splice.Length;
        }

        output.Append(text[position..]);
    }

    /// <summary>
    /// Returns the text with its replacements in pieces, without copying the text: the unchanged pieces are its own memory.
    /// </summary>
    public List<ReadOnlyMemory<byte>> ToPieces(ReadOnlyMemory<byte> text)
    {
        var pieces = new List<ReadOnlyMemory<byte>>((2 * _count) + 1);
        AddPieces(pieces, text, 0, text.Length);
        return pieces;
    }

    /// <summary>Adds a part of the text with its replacements to the pieces. A replacement must not cross the ends of the part.</summary>
    public void AddPieces(List<ReadOnlyMemory<byte>> pieces, ReadOnlyMemory<byte> text, int start, int end)
    {
        var position = start;
        for (var i = 0; i < _count; i++)
        {
            ref readonly var splice = ref _splices[i];
            if (splice.Start < start || splice.Start > end)
            {
                continue;
            }

            Add(pieces, text[position..splice.Start]);
            Add(pieces, splice.Bytes ?? Scratch.Span[splice.BytesStart..splice.BytesEnd].ToArray());
            position = splice.Start + splice.Length;
        }

        Add(pieces, text[position..end]);
    }

    /// <summary>Maps an offset of the text to an offset of the result; -1 if the byte is replaced.</summary>
    public int Map(int position)
    {
        var shift = 0;
        for (var i = 0; i < _count && _splices[i].Start <= position; i++)
        {
            ref readonly var splice = ref _splices[i];
            if (splice.Start + splice.Length > position)
            {
                return -1;
            }

            shift += (splice.Bytes?.Length ?? splice.BytesEnd - splice.BytesStart) - splice.Length;
        }

        return position + shift;
    }

    private static void Add(List<ReadOnlyMemory<byte>> pieces, ReadOnlyMemory<byte> piece)
    {
        if (piece.Length > 0)
        {
            pieces.Add(piece);
        }
    }

    // Insertion sort: members may have any order, but usually have the expected one.
    private void Insert(in Splice splice)
    {
        if (_count == _splices.Length)
        {
            Array.Resize(ref _splices, 2 * _count);
        }

        var i = _count++;
        for (; i > 0 && _splices[i - 1].Start > splice.Start; i--)
        {
            _splices[i] = _splices[i - 1];
        }

        _splices[i] = splice;
    }

    private struct Splice
    {
        public int Start;
        public int Length;
        public byte[]? Bytes; // Null if the scratch buffer holds them.
        public int BytesStart;
        public int BytesEnd;
    }
}
