using System.Buffers;

namespace LambdaChat.Streaming;

/// <summary>
/// Bytes gathered in one array from the shared pool. It starts empty, doubles as bytes arrive and never holds more than its cap.
/// One worker at a time; spans handed out are valid until the next append.
/// </summary>
/// <param name="maximumLength">Most bytes it takes.</param>
internal sealed class PooledBuffer(int maximumLength) : IDisposable
{
#if DEBUG
    private const int InitialLength = 16; // Small, so that every debug run grows.
#else
    private const int InitialLength = 1024;
#endif

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Appends all of <paramref name="bytes"/>, or nothing and returns false where the cap does not allow it.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > maximumLength - Length)
        {
            return false;
        }

        Grow(Length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return true;
    }

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        Return(bytes);
    }

    private void Grow(int needed)
    {
        if (needed <= _bytes.Length)
        {
            return;
        }

        var doubled = (int)Math.Min(2L * _bytes.Length, Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(doubled, InitialLength)));
        Span.CopyTo(larger);
        Return(_bytes);
        _bytes = larger;
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
