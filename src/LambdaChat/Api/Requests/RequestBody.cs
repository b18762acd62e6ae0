using System.Buffers;

namespace LambdaChat.Api.Requests;

/// <summary>A request's body in memory from the pool.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int InitialLength = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
    private int _length;

    private RequestBody()
    {
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads a body to its end; null where it is longer than <paramref name="maximum"/> bytes.</summary>
    public static async Task<RequestBody?> ReadAsync(HttpRequest request, int maximum, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maximum)
        {
            return null;
        }

        var body = new RequestBody();
        try
        {
            if (await body.FillAsync(request.Body, maximum, cancellationToken))
            {
                var whole = body;
                body = null;
                return whole;
            }

            return null;
        }
        finally
        {
            body?.Dispose();
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> FillAsync(Stream stream, int maximum, CancellationToken cancellationToken)
    {
        int count;
        while ((count = await stream.ReadAsync(_buffer.AsMemory(_length), cancellationToken)) > 0)
        {
            _length += count;
            if (_length > maximum)
            {
                return false;
            }

            if (_length == _buffer.Length)
            {
                Grow();
            }
        }

        return true;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
