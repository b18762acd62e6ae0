using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using LambdaChat.Failures;
using LambdaChat.Hosting;
using LambdaChat.Http;
using LambdaChat.Streaming.Sse;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Api.Replies;

/// <summary>The response of a reply as server-sent events: its headers, its maximum size, and the bytes sent.</summary>
internal sealed class SseResponse(HttpResponse response)
{
    private const int MaximumUnflushed = 24 * 1024 * 1024; // A document of many choices can be that long.

    private static readonly ApiError TooLong =
        ApiError.Server(StatusCodes.Status502BadGateway, "reply_too_long",
            "The reply is too long for one response.") with
        { IsRetryUseless = true };

    private readonly IUnsentBodyFeature? _unsent = response.HttpContext.Features.Get<IUnsentBodyFeature>();
    private bool _isTooLong;

    /// <summary>True if the events have ids.</summary>
    public bool HasIds { get; init; }

    /// <summary>Receives the events.</summary>
    public PipeWriter Output { get; } = response.BodyWriter;

    /// <summary>Why the response accepts no more events; null while it does.</summary>
    public ReplyFailure? Failure => _isTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) { Response = TooLong } : null;

    public bool IsStarted { get; private set; }

    public long UnflushedBytes => Output.CanGetUnflushedBytes ? Output.UnflushedBytes : 0;

    public long SentBytes { get; private set; }

    /// <summary>Starts the response if there is room for these bytes. Otherwise false, as for all later bytes.</summary>
    public bool TryBegin(ReadOnlySpan<byte> bytes)
    {
        if (_isTooLong || !HasRoom(bytes))
        {
            _isTooLong = true;
            return false;
        }

        Start();
        return true;
    }

    /// <summary>Writes bytes, and starts the response, if there is room for them. Otherwise false, as for all later bytes.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        if (!TryBegin(bytes))
        {
            return false;
        }

        Output.Write(bytes);
        return true;
    }

    // The headers tell proxies not to buffer the response.
    public void Start()
    {
        if (IsStarted)
        {
            return;
        }

        IsStarted = true;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (HasIds && response.HttpContext.Features.Get<ICommentFeature>() is { } comments)
        {
            comments.HasEventIds = true;
        }
    }

    public void WriteComment(ReadOnlySpan<byte> text)
    {
        if (HasIds)
        {
            SseWriter.WriteCommentLine(Output, text);
        }
        else
        {
            SseWriter.WriteComment(Output, text);
        }
    }

    /// <summary>Writes a comment that another call continues the reply, if the response has started.</summary>
    public void NoteContinuation(int target, int events)
    {
        if (IsStarted)
        {
            WriteComment(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"target {target} continues after event {events}")));
        }
    }

    /// <summary>Sends the written bytes. False if the client has disconnected.</summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (!IsStarted)
        {
            return new ValueTask<bool>(true);
        }

        SentBytes += UnflushedBytes;
        var flush = Output.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? new ValueTask<bool>(!flush.Result.IsCompleted) : WaitAsync(flush);
    }

    // The response of Lambda fails as a whole if it does not fit.
    private bool HasRoom(ReadOnlySpan<byte> bytes) =>
        UnflushedBytes + bytes.Length <= MaximumUnflushed && (_unsent?.HasRoom(bytes) ?? true);

    private static async ValueTask<bool> WaitAsync(ValueTask<FlushResult> flush) => !(await flush).IsCompleted;
}
