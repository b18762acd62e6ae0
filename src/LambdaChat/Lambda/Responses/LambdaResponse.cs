using System.IO.Pipelines;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// The response of one invocation for ASP.NET Core: status, headers, callbacks and body. A <see cref="ResponseChannel"/> sends it.
/// This class alone decides whether the response has started.
/// </summary>
internal sealed partial class LambdaResponse : IHttpResponseFeature, IHttpResponseBodyFeature, IUnsentBodyFeature, ICommentFeature
{
    private readonly ResponseChannel _channel;
    private readonly Stack<Callback> _onStarting = [];
    private readonly Stack<Callback> _onCompleted = [];
    private readonly BodyWriter _writer;
    private int _status = StatusCodes.Status200OK;

    public LambdaResponse(ResponseChannel channel)
    {
        _channel = channel;
        _writer = new BodyWriter(this, channel.Body);
        Stream = _writer.AsStream(leaveOpen: true);
    }

    public int StatusCode
    {
        get => _status;
        set => _status = HasStarted ? throw new InvalidOperationException("The response has started.") : value;
    }

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public bool HasStarted { get; private set; }

    public bool HasEventIds { get; set; }

    public Stream Stream { get; }

    public PipeWriter Writer => _writer;

    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => throw new NotSupportedException("Middleware replaces the response body feature.");
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("The response has started.");
        }

        _onStarting.Push(new Callback(callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push(new Callback(callback, state));

    public void DiscardUnsent() => _channel.DiscardBody();

    public bool HasRoom(ReadOnlySpan<byte> bytes) => _channel.HasRoom(bytes);

    public bool HasRoom(IReadOnlyList<ReadOnlyMemory<byte>> document) => _channel.HasRoom(document);

    public void DisableBuffering()
    {
        // Flushed bytes are never buffered.
    }

    /// <summary>Starts the response: status and headers can no longer change.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!HasStarted)
        {
            await PrepareAsync();
            await _channel.FlushAsync(this, cancellationToken);
        }
    }

    /// <summary>Sends the written bytes, preceded by status and headers the first time.</summary>
    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (!HasStarted)
        {
            return PrepareAndFlushAsync(cancellationToken);
        }

        var flush = _channel.FlushAsync(this, cancellationToken);
        return flush.IsCompletedSuccessfully ? new ValueTask<FlushResult>(ToResult(flush.Result)) : WaitAsync(flush);
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    /// <summary>Ends the response.</summary>
    public async Task CompleteAsync()
    {
        if (!HasStarted)
        {
            await PrepareAsync();
        }

        await _channel.CompleteAsync(this);
    }

    /// <summary>Runs all callbacks of <see cref="OnCompleted"/>. An exception of a callback is logged.</summary>
    public async Task FireOnCompletedAsync(string requestId, ILogger logger)
    {
        while (_onCompleted.TryPop(out var completed))
        {
            try
            {
                await completed.Function(completed.State);
            }
            catch (Exception exception) // As in Kestrel: the response is sent, and the other callbacks release resources.
            {
                CallbackFailed(logger, requestId, exception);
            }
        }
    }

    private async ValueTask<FlushResult> PrepareAndFlushAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync();
        return ToResult(await _channel.FlushAsync(this, cancellationToken));
    }

    private static async ValueTask<FlushResult> WaitAsync(ValueTask<bool> flush) => ToResult(await flush);

    private static FlushResult ToResult(bool isConnected) => new(isCanceled: false, isCompleted: !isConnected);

    private async ValueTask PrepareAsync()
    {
        while (_onStarting.TryPop(out var starting))
        {
            await starting.Function(starting.State);
        }

        HasStarted = true;
    }

    [LoggerMessage(LogLevel.Error, "A callback at the end of the response to request {RequestId} failed.")]
    private static partial void CallbackFailed(ILogger logger, string requestId, Exception exception);

    // Sends the bytes of each flush in one write.
    private sealed class BodyWriter(LambdaResponse response, ResponseBuffer buffer) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => buffer.Length;

        public override void Advance(int bytes) => buffer.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            response.FlushAsync(cancellationToken);

        public override void CancelPendingFlush()
        {
            // A flush that has begun is never cancelled.
        }

        public override void Complete(Exception? exception = null)
        {
            // The server completes the response when the request ends.
        }
    }

    private sealed record Callback(Func<object, Task> Function, object State);
}
