using System.Buffers;

namespace LambdaChat.Chat.Requests;

/// <summary>A request's body in memory from the pool, at most <see cref="MaximumLength"/> bytes.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>
    /// SageMaker's limit in bytes. Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
    /// </summary>
    public const int MaximumLength = 6_291_456;

    private const int InitialLength = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
    private int _length;

    private RequestBody()
    {
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads a body to its end; null where it is too long.</summary>
    public static async Task<RequestBody?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaximumLength)
        {
            return null;
        }

        var body = new RequestBody();
        try
        {
            if (await body.FillAsync(request.Body, cancellationToken))
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

    private async Task<bool> FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        int count;
        while ((count = await stream.ReadAsync(_buffer.AsMemory(_length), cancellationToken)) > 0)
        {
            _length += count;
            if (_length > MaximumLength)
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
