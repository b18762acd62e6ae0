using System.Buffers;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>A request body in memory. Its bytes count against <see cref="MemoryBudget"/> until it is disposed.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int InitialLength = 16 * 1024;
    private const int MaximumPooledLength = 64 * 1024; // The pool would keep larger arrays for good.

    private readonly MemoryBudget _memory;
    private readonly string _caller;
    private byte[] _buffer = [];
    private int _length;
    private int _reserved;

    private RequestBody(MemoryBudget memory, string caller) => (_memory, _caller) = (memory, caller);

    /// <summary>The body without a byte order mark.</summary>
    public Memory<byte> Bytes
    {
        get
        {
            var bytes = _buffer.AsMemory(0, _length);
            return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        }
    }

    /// <summary>Reads a body to its end.</summary>
    /// <param name="maximum">The maximum length of the body in bytes.</param>
    /// <exception cref="ErrorResponseException">The body is too long, or there is no memory for it.</exception>
    public static async Task<RequestBody> ReadAsync(
        HttpRequest request, int maximum, MemoryBudget memory, CancellationToken cancellationToken)
    {
        var body = new RequestBody(memory, Caller.Of(request.HttpContext).Id ?? "");
        try
        {
            await body.FillAsync(request, maximum, cancellationToken);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Counts bytes that were made from the body, until the body is disposed.</summary>
    /// <exception cref="ErrorResponseException">
    /// Other requests use the memory for them (503), or the request alone needs more than there is (413).
    /// </exception>
    public void Reserve(int length)
    {
        if (!_memory.CanHold((long)_reserved + length))
        {
            throw new ErrorResponseException(MemoryBudget.Insufficient);
        }

        _reserved += _memory.TryReserve(length, _caller) ? length : throw new ErrorResponseException(MemoryBudget.Exhausted);
    }

    public void Dispose() => Replace(0);

    private async Task FillAsync(HttpRequest request, int maximum, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maximum)
        {
            throw new ErrorResponseException(RequestLimits.TooLarge(maximum));
        }

        Replace((int?)request.ContentLength + 1 ?? InitialLength); // One more byte, so that the read of the end has room.
        int count;
        while ((count = await request.Body.ReadAsync(_buffer.AsMemory(_length), cancellationToken)) > 0)
        {
            _length += count;
            if (_length > maximum)
            {
                throw new ErrorResponseException(RequestLimits.TooLarge(maximum));
            }

            if (_length == _buffer.Length)
            {
                Replace(Math.Min(2 * _buffer.Length, maximum + 1));
            }
        }
    }

    // Moves the bytes to a buffer of another length; a length of zero returns the buffer to the pool.
    private void Replace(int length)
    {
        if (length > 0 && !_memory.TryReserve(length, _caller))
        {
            throw new ErrorResponseException(MemoryBudget.Exhausted);
        }

        var old = _buffer;
        _buffer = length == 0 ? [] : length <= MaximumPooledLength
            ? ArrayPool<byte>.Shared.Rent(length)
            : GC.AllocateUninitializedArray<byte>(length);
        _length = Math.Min(_length, length);
        old.AsSpan(0, _length).CopyTo(_buffer);
        _memory.Release(_reserved, _caller);
        _reserved = length;
        if (old.Length is > 0 and <= MaximumPooledLength)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
