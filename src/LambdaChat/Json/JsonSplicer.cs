namespace LambdaChat.Json;

/// <summary>
/// Replacements in one JSON text. It is kept and filled anew for each text. Bytes made on the way are written to <see cref="Scratch"/>
/// and taken from there.
/// </summary>
internal sealed class JsonSplicer
{
    private Splice[] _splices = new Splice[8];
    private int _count;

    /// <summary>Room for bytes that <see cref="AddScratch"/> puts in.</summary>
    public ByteBuffer Scratch { get; } = new(256);

    public void Clear()
    {
        _count = 0;
        Scratch.Clear();
    }

    /// <summary>Puts <paramref name="replacement"/> in the place of <paramref name="length"/> bytes; of several at one place in the order of the calls.</summary>
    public void Add(int start, int length, byte[] replacement) => Insert(new Splice { Start = start, Length = length, Bytes = replacement });

    /// <summary>The same with the bytes of <see cref="Scratch"/> from <paramref name="from"/> on, without the last <paramref name="trim"/>.</summary>
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

    /// <summary>Where a byte of the text stands in the result; -1 where it was replaced.</summary>
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

    // Members come in any order; mostly in ours.
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
        public byte[]? Bytes; // Null where they stand in the scratch.
        public int BytesStart;
        public int BytesEnd;
    }
}
