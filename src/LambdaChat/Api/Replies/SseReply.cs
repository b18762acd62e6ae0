using System.IO.Pipelines;
using LambdaChat.Failures;
using LambdaChat.Hosting;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming.Sse;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Api.Replies;

/// <summary>A reply as server-sent events.</summary>
internal sealed class SseReply(HttpResponse response, OutputFormat format) : IReplyWriter
{
    private const int MaximumUnflushed = 24 * 1024 * 1024; // A document of many choices can be that long.

    private static readonly OpenAIError TooLong =
        OpenAIError.Server(StatusCodes.Status502BadGateway, "reply_too_long",
            "The reply is too long for one response.") with
        { IsRetryUseless = true };

    private readonly PipeWriter _output = response.BodyWriter;
    private readonly IUnsentBodyFeature? _unsent = response.HttpContext.Features.Get<IUnsentBodyFeature>();
    private bool _isStarted;
    private bool _isTooLong;

    public ReplyFailure? Failure => _isTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) { Response = TooLong } : null;

    public bool SendsHeartbeats => true;

    public bool MustBreakOff => false; // An error event tells the client.

    public long UnflushedBytes => _output.CanGetUnflushedBytes ? _output.UnflushedBytes : 0;

    public long SentBytes { get; private set; }

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (_isTooLong || !HasRoom(chunk))
        {
            _isTooLong = true;
            return false;
        }

        Start();
        SseWriter.WriteEvent(_output, chunk);
        return true;
    }

    // The response of Lambda fails as a whole if it does not fit.
    private bool HasRoom(ReadOnlySpan<byte> chunk) =>
        UnflushedBytes + chunk.Length <= MaximumUnflushed && (_unsent?.HasRoom(chunk) ?? true);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isStarted)
        {
            return new ValueTask<bool>(true);
        }

        SentBytes += UnflushedBytes;
        var flush = _output.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? new ValueTask<bool>(!flush.Result.IsCompleted) : WaitAsync(flush);
    }

    public async ValueTask SendHeartbeatAsync()
    {
        Start();
        SseWriter.WriteComment(_output, "keep-alive"u8);
        await FlushAsync(CancellationToken.None);
    }

    public async Task EndAsync(ReplyEnd end)
    {
        if (end.Failure is not null && !_isStarted)
        {
            await end.Failure.ToOpenAI().WriteAsync(response);
            return;
        }

        Start();
        if (end.Failure is null)
        {
            SseWriter.WriteDone(_output);
        }
        else
        {
            InStreamError.Write(_output, end.Failure.ToOpenAI(), format, end.Id);
        }

        await FlushAsync(CancellationToken.None);
    }

    private static async ValueTask<bool> WaitAsync(ValueTask<FlushResult> flush) => !(await flush).IsCompleted;

    // The headers tell proxies not to buffer the response.
    private void Start()
    {
        if (_isStarted)
        {
            return;
        }

        _isStarted = true;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
