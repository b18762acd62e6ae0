using System.Buffers;
using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>Reads the container's bytes from an unframed body: SageMaker's OpenAI route and <c>InvokeEndpoint</c>.</summary>
internal sealed class RawPayloadReader(Stream body) : IPayloadReader
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _unread;

    public ReplyFailure? Failure { get; private set; }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _unread = await body.ReadAsync(_buffer, cancellationToken);
            return _unread > 0;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The HTTP client throws HttpRequestException if a chunk size or a trailer exceeds its limits.
            Failure = new ReplyFailure(FailureKind.ConnectionLost);
            return false;
        }
    }

    public bool TryRead(out ReadOnlySpan<byte> payload)
    {
        payload = _buffer.AsSpan(0, _unread);
        _unread = 0;
        return payload.Length > 0;
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
