using System.Buffers;
using System.Buffers.Text;

namespace LambdaChat.Streaming;

/// <summary>
/// A growable buffer: bytes in one array, which doubles when it is full, and above 1 MiB grows by a quarter. It starts without an array.
/// Spans and memory are valid until the next change. Not thread-safe.
/// </summary>
/// <param name="initialLength">The length of the first array, in bytes.</param>
/// <param name="maximumLength">The maximum length that <see cref="TryAppend"/> accepts, in bytes.</param>
/// <param name="isPooled">
/// True to rent arrays of up to 1 MiB from the shared pool. The owner returns the last array with <see cref="Return"/>.
/// </param>
internal sealed class ByteBuffer(int initialLength, int maximumLength = int.MaxValue, bool isPooled = false)
    : IBufferWriter<byte>
{
    private const int LargeLength = 1024 * 1024; // The pool would keep larger arrays, in addition to the memory that is bounded.

    private byte[] _bytes = [];

    /// <summary>The number of bytes in the buffer.</summary>
    public int Length { get; private set; }

    /// <summary>The length of the array.</summary>
    public int Capacity => _bytes.Length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public Memory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>The whole array, with the free memory after the bytes.</summary>
    public Memory<byte> Whole => _bytes;

    public void Clear() => Length = 0;

    /// <summary>Appends all of <paramref name="bytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends a whole number in decimal digits.</summary>
    public void AppendNumber(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Append(digits[..length]);
    }

    /// <summary>Appends all of <paramref name="bytes"/>; false, without a change, if they exceed the maximum length.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > maximumLength - Length)
        {
            return false;
        }

        Append(bytes);
        return true;
    }

    /// <summary>
    /// The free memory after the bytes, at least <paramref name="minimum"/> bytes. <see cref="Advance"/> takes what was written.
    /// </summary>
    public Memory<byte> GetMemory(int minimum = 0)
    {
        if (Math.Max(minimum, 1) > _bytes.Length - Length)
        {
            Grow(Math.Max(minimum, 1));
        }

        return _bytes.AsMemory(Length);
    }

    /// <summary>Does the same as <see cref="GetMemory"/> for code that does not wait.</summary>
    public Span<byte> GetSpan(int minimum = 0)
    {
        if (Math.Max(minimum, 1) > _bytes.Length - Length)
        {
            Grow(Math.Max(minimum, 1));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Takes bytes that were written to the memory of <see cref="GetMemory"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or exceeds the free memory.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    /// <summary>Removes the first <paramref name="count"/> bytes and moves the others to the front.</summary>
    public void RemoveFront(int count)
    {
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <summary>Removes all bytes after the first <paramref name="length"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer has fewer bytes.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Empties the buffer and returns its array to the pool.</summary>
    public void Return()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        Release(bytes);
    }

    private void Grow(int count)
    {
        var larger = _bytes.Length < LargeLength ? 2L * _bytes.Length : _bytes.Length + (_bytes.Length / 4L);
        var length = (int)Math.Min(Math.Max(Length + (long)count, Math.Max(larger, initialLength)), Array.MaxLength);
        var bytes = isPooled && length <= LargeLength ? ArrayPool<byte>.Shared.Rent(length) : new byte[length];
        Span.CopyTo(bytes);
        Release(_bytes);
        _bytes = bytes;
    }

    private void Release(byte[] bytes)
    {
        if (isPooled && bytes.Length is > 0 and <= LargeLength)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
