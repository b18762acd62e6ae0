using System.Buffers;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>A streaming reply whose events are written from blocks. Its heartbeats are comments.</summary>
internal sealed class BlockStream : IReplyWriter, IDisposable
{
    private readonly HttpResponse _http;
    private readonly SseResponse _response;
    private readonly ByteBuffer _buffer = new(1024, isPooled: true); // The events of one chunk.
    private readonly IBlockEvents _events;
    private readonly ReplyBlocks _blocks;
    private bool _hasBegun;

    /// <param name="createEvents">Creates the events, which are written to the buffer.</param>
    public BlockStream(HttpResponse response, Func<ByteBuffer, IBlockEvents> createEvents)
    {
        (_http, _response) = (response, new SseResponse(response));
        _events = createEvents(_buffer);
        _blocks = new ReplyBlocks(_events);
        response.RegisterForDispose(this);
    }

    public ReplyFailure? Failure =>
        _response.Failure ?? _blocks.Failure ?? (_events.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : null);

    public bool SendsHeartbeats => true;

    public bool MustBreakOff => false; // An error event tells the client.

    public long UnflushedBytes => _response.UnflushedBytes;

    public long SentBytes => _response.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        Begin();
        var hasMore = _blocks.Add(chunk) && !_events.IsTooLong;
        return _response.TryWrite(_buffer.Span) && hasMore;
    }

    /// <summary>Starts the response. A later failure is then sent as an event.</summary>
    public void Start()
    {
        Begin();
        _response.TryWrite(_buffer.Span);
    }

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => _response.FlushAsync(cancellationToken);

    public async ValueTask SendHeartbeatAsync()
    {
        Begin();
        _response.TryWrite(_buffer.Span);
        _response.Start();
        SseWriter.WriteComment(_response.Output, "keep-alive"u8);
        await FlushAsync(CancellationToken.None);
    }

    public void NoteContinuation(int target, int events) => _response.NoteContinuation(target, events);

    public async Task EndAsync(ReplyEnd end)
    {
        if (end.Failure is not null && !_response.IsStarted)
        {
            await end.Failure.ToOpenAI().WriteAsync(_http);
            return;
        }

        var failure = end.Failure ?? WriteEnd();
        if (failure is not null)
        {
            WriteFailure(failure.ToOpenAI());
        }

        await FlushAsync(CancellationToken.None);
    }

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _blocks.Dispose();
        _events.Dispose();
        _buffer.Return();
    }

    private void Begin()
    {
        _buffer.Clear();
        if (!_hasBegun)
        {
            _hasBegun = true;
            _events.StartResponse(_http.Headers);
        }
    }

    private ReplyFailure? WriteEnd()
    {
        Begin();
        _blocks.End(isFailed: false);
        if (Failure is { } failure)
        {
            return failure;
        }

        _events.End(_blocks);
        return _response.TryWrite(_buffer.Span) ? null : Failure;
    }

    // If there is no room for the rest of the reply, the client gets at least the cause.
    private void WriteFailure(OpenAIError error)
    {
        Begin();
        _blocks.End(isFailed: true);
        _events.Fail(error);
        if (_response.Failure is not null || !_response.TryWrite(_buffer.Span))
        {
            _buffer.Clear();
            _events.Fail(error);
            _response.Start();
            _response.Output.Write(_buffer.Span);
        }
    }
}
