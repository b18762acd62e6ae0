using System.Globalization;
using System.Text;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Replies;

/// <summary>A reply as server-sent events.</summary>
internal sealed class SseReply(HttpResponse response, OutputFormat format) : IReplyWriter
{
    private readonly SseResponse _response = new(response);

    public ReplyFailure? Failure => _response.Failure;

    public bool SendsHeartbeats => true;

    public bool MustBreakOff => false; // An error event tells the client.

    public long UnflushedBytes => _response.UnflushedBytes;

    public long SentBytes => _response.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (!_response.TryBegin(chunk))
        {
            return false;
        }

        SseWriter.WriteEvent(_response.Output, chunk);
        return true;
    }

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => _response.FlushAsync(cancellationToken);

    public async ValueTask SendHeartbeatAsync()
    {
        _response.Start();
        SseWriter.WriteComment(_response.Output, "keep-alive"u8);
        await FlushAsync(CancellationToken.None);
    }

    public void NoteContinuation(int target, int events) =>
        SseWriter.WriteComment(_response.Output,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"target {target} continues after event {events}")));

    public async Task EndAsync(ReplyEnd end)
    {
        if (end.Failure is not null && !_response.IsStarted)
        {
            await end.Failure.ToOpenAI().WriteAsync(response);
            return;
        }

        _response.Start();
        if (end.Failure is null)
        {
            SseWriter.WriteDone(_response.Output);
        }
        else
        {
            InStreamError.Write(_response.Output, end.Failure.ToOpenAI(), format, end.Id);
        }

        await FlushAsync(CancellationToken.None);
    }
}
