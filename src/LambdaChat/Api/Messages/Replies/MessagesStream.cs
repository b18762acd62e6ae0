using System.Buffers;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>A streaming reply of the Messages API. Its heartbeats are <c>ping</c> events.</summary>
internal sealed class MessagesStream : IReplyWriter, IDisposable
{
    private readonly SseResponse _response;
    private readonly HttpResponse _http;
    private readonly ByteBuffer _buffer = new(1024, isPooled: true); // The events of one chunk.
    private readonly MessageHead _head;
    private readonly MessageEvents _events;
    private readonly MessageState _state;

    public MessagesStream(HttpResponse response, MessageHead head, IReadOnlyList<string> stopSequences)
    {
        (_http, _response, _head) = (response, new SseResponse(response), head);
        _events = new MessageEvents(head, _buffer);
        _state = new MessageState(_events, stopSequences);
        response.RegisterForDispose(this);
    }

    public ReplyFailure? Failure => _response.Failure ?? _state.Failure;

    public bool SendsHeartbeats => true;

    public bool MustBreakOff => false; // An error event tells the client.

    public long UnflushedBytes => _response.UnflushedBytes;

    public long SentBytes => _response.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        _buffer.Clear();
        var hasMore = _state.Add(chunk);
        return _response.TryWrite(_buffer.Span) && hasMore;
    }

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => _response.FlushAsync(cancellationToken);

    public async ValueTask SendHeartbeatAsync()
    {
        _response.Start();
        _response.Output.Write(MessageEvents.Ping);
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
            WriteError(failure.ToOpenAI());
        }

        await FlushAsync(CancellationToken.None);
    }

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _head.Thinking.Dispose();
        _buffer.Return();
    }

    private ReplyFailure? WriteEnd()
    {
        _buffer.Clear();
        _state.End();
        _events.End(_state);
        return _response.TryWrite(_buffer.Span) ? null : Failure;
    }

    // If there is no room for the rest of the reply, the client gets at least the cause.
    private void WriteError(OpenAIError error)
    {
        _response.Start();
        _buffer.Clear();
        _state.Fail();
        if (_response.Failure is null)
        {
            _response.TryWrite(_buffer.Span);
        }

        var json = new ArrayBufferWriter<byte>();
        AnthropicError.Write(json, error, _http.HttpContext.TraceIdentifier);
        SseWriter.WriteEvent(_response.Output, "error"u8, json.WrittenSpan);
    }
}
