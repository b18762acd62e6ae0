using System.Buffers;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>A streaming response of the Responses API. Clients that count only events receive an event before they give up.</summary>
internal sealed class ResponsesStream : StreamedReply, IDisposable
{
    // Codex gives up after 300 s without an event. Source: https://github.com/openai/codex/issues/31539
    private static readonly TimeSpan MaximumSilence = TimeSpan.FromSeconds(280);

    private readonly ByteBuffer _buffer = new(1024, isPooled: true); // The events of one chunk.
    private readonly ByteBuffer _json = new(1024, isPooled: true);
    private readonly EventWriter _events;
    private readonly ResponseResource _resource;
    private readonly ResponseState _state;
    private readonly TimeSpan _heartbeat;
    private readonly ResponseView _view;
    private bool _hasBegun;
    private long _sentNumber; // The number of the next event after the written ones.
    private TimeSpan _silence; // The time without events.

    /// <param name="heartbeat">The time between two heartbeats.</param>
    /// <param name="after">The number of the last event that the client has; -1 for none.</param>
    public ResponsesStream(HttpResponse response, ResponseView view, ResponseResource resource, TimeSpan heartbeat, long after = -1)
        : base(response)
    {
        (_view, _resource, _heartbeat) = (view, resource, heartbeat);
        _events = new EventWriter(_buffer, after);
        _state = view.CreateState(_events);
        response.RegisterForDispose(this);
    }

    /// <summary>True if the response is or was stored: the client gets its id early, and its events keep their numbers.</summary>
    public bool IsStored { get; init; }

    public override ReplyFailure? Failure => base.Failure ?? _state.Failure;

    public override long HeldBytes => _state.HeldBytes; // The last events repeat the output.

    public override bool Write(ReadOnlySpan<byte> chunk)
    {
        Begin();
        var hasMore = _state.Add(chunk);
        return TryWriteBuffer() && hasMore;
    }

    /// <summary>Sends the first events, which tell the client the id of the response.</summary>
    public ValueTask<bool> BeginAsync(CancellationToken cancellationToken)
    {
        Response.Start();
        Begin();
        TryWriteBuffer();
        return FlushAsync(cancellationToken);
    }

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _buffer.Return();
        _json.Return();
    }

    protected override void WriteHeartbeat()
    {
        Response.Start();
        _silence += _heartbeat;
        var isLate = _silence + _heartbeat > MaximumSilence;
        if (isLate || (IsStored && !_hasBegun))
        {
            Begin(); // No event may come before the first one.
        }
        else
        {
            _buffer.Clear();
        }

        if (isLate)
        {
            _events.WriteKeepAlive(isCounted: !IsStored); // A reader of the stored response does not get this event.
        }

        if (_buffer.Length > 0)
        {
            TryWriteBuffer();
        }
        else // A client that continues a stream has the first events already.
        {
            base.WriteHeartbeat();
        }
    }

    protected override void WriteEnd(ReplyEnd end)
    {
        if ((end.Failure ?? WriteLastEvents(end)) is { } failure)
        {
            WriteFailure(end with { Failure = failure });
        }

        SseWriter.WriteDone(Response.Output);
    }

    private void Begin()
    {
        _buffer.Clear();
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        _json.Clear();
        _resource.WriteStart(_json, _view.IsBackground ? "queued"u8 : "in_progress"u8);
        _events.WriteValue("response.created"u8, default, ",\"response\":"u8, _json.Span);
        if (_view.IsBackground)
        {
            _events.WriteValue("response.queued"u8, default, ",\"response\":"u8, _json.Span);
            _json.Clear();
            _resource.WriteStart(_json, "in_progress"u8);
        }

        _events.WriteValue("response.in_progress"u8, default, ",\"response\":"u8, _json.Span);
    }

    private ReplyFailure? WriteLastEvents(ReplyEnd end)
    {
        Begin();
        var isCancelled = end.Failure is { Kind: FailureKind.Cancelled };
        _state.End(isFailed: end.Failure is not null);
        if (end.Failure is not null && !isCancelled)
        {
            WriteError(end.Failure.ToError());
        }

        _json.Clear();
        _resource.WriteEnd(_json, _state, end);
        var type = end.Failure is not null && !isCancelled ? "response.failed"u8
            : _state.IncompleteReason.IsEmpty && !isCancelled ? "response.completed"u8
            : "response.incomplete"u8;
        _events.WriteValue(type, default, ",\"response\":"u8, _json.Span);
        return TryWriteBuffer() ? null : Failure;
    }

    // If there is no room for the output, the client gets at least the cause.
    private void WriteFailure(ReplyEnd end)
    {
        Response.Start();
        var number = _sentNumber;
        if (Response.Failure is null && WriteLastEvents(end) is null)
        {
            return;
        }

        _buffer.Clear();
        _events.Number = number;
        WriteError(end.Failure!.ToError());
        _json.Clear();
        _resource.WriteFailure(_json, _state, end);
        _events.WriteValue("response.failed"u8, default, ",\"response\":"u8, _json.Span);
        Response.Output.Write(_buffer.Span);
    }

    // Some clients read the members of the event, some those of the object in it.
    private void WriteError(ApiError error)
    {
        _events.Begin("error"u8);
        var members = _events.Members;
        members.Append(",\"code\":"u8);
        members.Append(JsonText.Quote(error.Code ?? error.Type));
        members.Append(",\"message\":"u8);
        members.Append(JsonText.Quote(error.Message));
        members.Append(",\"param\":"u8);
        members.Append(error.Param is null ? "null"u8 : JsonText.Quote(error.Param));
        var json = new ArrayBufferWriter<byte>();
        error.WriteTo(json);
        members.Append(","u8);
        members.Append(json.WrittenSpan[1..^1]); // The member error.
        _events.End();
    }

    private bool TryWriteBuffer()
    {
        _silence = _buffer.Length > 0 ? TimeSpan.Zero : _silence;
        if (!Response.TryWrite(_buffer.Span))
        {
            return false;
        }

        _sentNumber = _events.Number;
        return true;
    }
}
