using System.IO.Pipelines;

namespace LambdaChat.Lambda.Responses;

/// <summary>The body of an <see cref="LambdaResponse"/>: what is flushed is sent, in one write.</summary>
internal sealed class ResponseBodyWriter(LambdaResponse response, ResponseBuffer buffer) : PipeWriter
{
    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => buffer.Length;

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => response.FlushAsync(cancellationToken);

    public override void CancelPendingFlush()
    {
        // A flush is one socket write; it ends with its token or with the connection.
    }

    public override void Complete(Exception? exception = null)
    {
        // The response ends with the request.
    }
}
