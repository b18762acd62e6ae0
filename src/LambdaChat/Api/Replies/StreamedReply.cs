using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>A reply as server-sent events. A failure before the first event has its own HTTP status, a later one is an event.</summary>
/// <param name="hasIds">True if the events have ids.</param>
internal abstract class StreamedReply(HttpResponse http, bool hasIds = false) : IReplyWriter
{
    public virtual ReplyFailure? Failure => Response.Failure;

    public bool SendsHeartbeats => true;

    public bool MustAbort => false; // An event tells the client of a failure.

    public long UnflushedBytes => Response.UnflushedBytes;

    public virtual long HeldBytes => 0;

    public long SentBytes => Response.SentBytes;

    protected HttpResponse Http => http;

    protected SseResponse Response { get; } = new(http) { HasIds = hasIds };

    public abstract bool Write(ReadOnlySpan<byte> chunk);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => Response.FlushAsync(cancellationToken);

    public async ValueTask SendHeartbeatAsync()
    {
        WriteHeartbeat();
        await FlushAsync(CancellationToken.None);
    }

    public void NoteContinuation(int target, int events) => Response.NoteContinuation(target, events);

    public async Task EndAsync(ReplyEnd end)
    {
        if (end.Failure is not null && !Response.IsStarted)
        {
            await end.Failure.ToError().WriteAsync(http);
            return;
        }

        WriteEnd(end);
        await FlushAsync(CancellationToken.None);
    }

    /// <summary>Writes bytes that clients ignore, and starts the response.</summary>
    protected virtual void WriteHeartbeat()
    {
        Response.Start();
        Response.WriteComment("keep-alive"u8);
    }

    /// <summary>Writes the last events, or those of a failure.</summary>
    protected abstract void WriteEnd(ReplyEnd end);
}
