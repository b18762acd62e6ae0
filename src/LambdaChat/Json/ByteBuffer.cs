namespace LambdaChat.Json;

/// <summary>A growable buffer, reused after <see cref="Clear"/>. Spans are valid until the next call.</summary>
internal sealed class ByteBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends a whole number in decimal digits.</summary>
    public void AppendNumber(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(number, digits, out var length);
        Append(digits[..length]);
    }
}
