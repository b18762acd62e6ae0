using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Replies;

/// <summary>A reply as server-sent events.</summary>
internal sealed class SseReply : IReplyWriter
{
    private readonly SseResponse _response;
    private readonly HttpResponse _http;
    private readonly OutputFormat _format;
    private readonly SseEvents _events;
    private SingleCalls? _calls;

    /// <param name="hasIds">True to number the events.</param>
    /// <param name="after">The number of the last event that the client has; -1 for none.</param>
    public SseReply(HttpResponse response, OutputFormat format, bool hasIds = false, long after = -1)
    {
        (_http, _response, _format) = (response, new SseResponse(response) { HasIds = hasIds }, format);
        _events = new SseEvents(_response.Output) { HasIds = hasIds, After = after };
    }

    public ReplyFailure? Failure => _response.Failure;

    public bool SendsHeartbeats => true;

    public bool MustBreakOff => false; // An error event tells the client.

    public long UnflushedBytes => _response.UnflushedBytes;

    public long SentBytes => _response.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (!_format.HasTools || !SingleCalls.MayDivide(chunk))
        {
            return WriteEvent(chunk);
        }

        _calls ??= new SingleCalls();
        var parts = _calls.Read(chunk);
        if (parts == 1)
        {
            return WriteEvent(chunk);
        }

        for (var i = 0; i < parts; i++)
        {
            if (!WriteEvent(_calls.Write(chunk, i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Starts the response. A later failure is then sent as an event.</summary>
    public void Start() => _response.Start();

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => _response.FlushAsync(cancellationToken);

    public async ValueTask SendHeartbeatAsync()
    {
        _response.Start();
        _response.WriteComment("keep-alive"u8);
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

        _response.Start();
        if (end.Failure is not null)
        {
            InStreamError.Write(_events, end.Failure.ToOpenAI(), _format, end.Id);
        }

        SseWriter.WriteDone(_response.Output);
        await FlushAsync(CancellationToken.None);
    }

    private bool WriteEvent(ReadOnlySpan<byte> chunk)
    {
        if (_events.IsWanted && !_response.TryBegin(chunk))
        {
            return false;
        }

        _events.Write(chunk);
        return true;
    }
}
