using System.Buffers;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>A streaming reply of the Messages API. Its heartbeats are <c>ping</c> events.</summary>
internal sealed class MessagesStream : StreamedReply, IDisposable
{
    private readonly ByteBuffer _buffer = new(1024, isPooled: true); // The events of one chunk.
    private readonly MessageHead _head;
    private readonly MessageEvents _events;
    private readonly MessageState _state;

    public MessagesStream(HttpResponse response, MessageHead head, IReadOnlyList<string> stopSequences)
        : base(response)
    {
        _head = head;
        _events = new MessageEvents(head, _buffer);
        _state = new MessageState(_events, stopSequences);
        response.RegisterForDispose(this);
    }

    public override ReplyFailure? Failure => base.Failure ?? _state.Failure;

    public override bool Write(ReadOnlySpan<byte> chunk)
    {
        _buffer.Clear();
        var hasMore = _state.Add(chunk);
        return Response.TryWrite(_buffer.Span) && hasMore;
    }

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _head.Thinking.Dispose();
        _buffer.Return();
    }

    protected override void WriteHeartbeat()
    {
        Response.Start();
        Response.Output.Write(MessageEvents.Ping);
    }

    protected override void WriteEnd(ReplyEnd end)
    {
        if ((end.Failure ?? WriteLastEvents()) is { } failure)
        {
            WriteError(failure.ToError());
        }
    }

    private ReplyFailure? WriteLastEvents()
    {
        _buffer.Clear();
        _state.End();
        _events.End(_state);
        return Response.TryWrite(_buffer.Span) ? null : Failure;
    }

    // If there is no room for the rest of the reply, the client gets at least the cause.
    private void WriteError(ApiError error)
    {
        Response.Start();
        _buffer.Clear();
        _state.Fail();
        if (Response.Failure is null)
        {
            Response.TryWrite(_buffer.Span);
        }

        var json = new ArrayBufferWriter<byte>();
        AnthropicErrorForm.Write(json, error, Http.HttpContext.TraceIdentifier);
        SseWriter.WriteEvent(Response.Output, "error"u8, json.WrittenSpan);
    }
}
