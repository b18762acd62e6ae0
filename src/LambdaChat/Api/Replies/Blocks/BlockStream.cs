using System.Buffers;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>A streaming reply whose events are written from blocks.</summary>
internal sealed class BlockStream : StreamedReply, IDisposable
{
    private readonly ByteBuffer _buffer = new(1024, isPooled: true); // The events of one chunk.
    private readonly IBlockEvents _events;
    private readonly ReplyBlocks _blocks;
    private bool _hasBegun;

    /// <param name="createEvents">Creates the events, which are written to the buffer.</param>
    public BlockStream(HttpResponse response, Func<ByteBuffer, IBlockEvents> createEvents)
        : base(response)
    {
        _events = createEvents(_buffer);
        _blocks = new ReplyBlocks(_events);
        response.RegisterForDispose(this);
    }

    public override ReplyFailure? Failure =>
        base.Failure ?? _blocks.Failure ?? (_events.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : null);

    public override bool Write(ReadOnlySpan<byte> chunk)
    {
        Begin();
        var hasMore = _blocks.Add(chunk) && !_events.IsTooLong;
        return Response.TryWrite(_buffer.Span) && hasMore;
    }

    /// <summary>Starts the response. A later failure is then sent as an event.</summary>
    public void Start()
    {
        Begin();
        Response.TryWrite(_buffer.Span);
    }

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _blocks.Dispose();
        _events.Dispose();
        _buffer.Return();
    }

    protected override void WriteHeartbeat()
    {
        Start();
        base.WriteHeartbeat();
    }

    protected override void WriteEnd(ReplyEnd end)
    {
        if ((end.Failure ?? WriteLastEvents()) is { } failure)
        {
            WriteFailure(failure.ToError());
        }
    }

    private void Begin()
    {
        _buffer.Clear();
        if (!_hasBegun)
        {
            _hasBegun = true;
            _events.StartResponse(Http.Headers);
        }
    }

    private ReplyFailure? WriteLastEvents()
    {
        Begin();
        _blocks.End(isFailed: false);
        if (Failure is { } failure)
        {
            return failure;
        }

        _events.End(_blocks);
        return Response.TryWrite(_buffer.Span) ? null : Failure;
    }

    // If there is no room for the rest of the reply, the client gets at least the cause.
    private void WriteFailure(ApiError error)
    {
        Begin();
        _blocks.End(isFailed: true);
        _events.Fail(error);
        if (Response.Failure is not null || !Response.TryWrite(_buffer.Span))
        {
            _buffer.Clear();
            _events.Fail(error);
            Response.Start();
            Response.Output.Write(_buffer.Span);
        }
    }
}
