using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>
/// Writes a reply to its client and to the log. The reply continues after the client has disconnected. Only its own end or a cancellation
/// stops it.
/// </summary>
/// <param name="client">Null for a reply in the background, whose client already has its response.</param>
internal sealed class StoredReplyWriter(IReplyWriter? client, ReplyLog log) : IReplyWriter
{
    private bool _isGone = client is null;

    public ReplyFailure? Failure => Client?.Failure;

    public bool SendsHeartbeats => client is { SendsHeartbeats: true };

    public bool MustBreakOff => Client is { MustBreakOff: true };

    public long UnflushedBytes => Client?.UnflushedBytes ?? 0;

    public long HeldBytes => Client?.HeldBytes ?? 0;

    public long SentBytes => client?.SentBytes ?? 0;

    private IReplyWriter? Client => _isGone ? null : client;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        log.Append(chunk);
        return Client?.Write(chunk) ?? true;
    }

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (Client is not { } connected)
        {
            return ValueTask.FromResult(true);
        }

        var flush = connected.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? ValueTask.FromResult(Take(flush.Result)) : WaitAsync(flush);
    }

    public ValueTask SendHeartbeatAsync() => Client?.SendHeartbeatAsync() ?? ValueTask.CompletedTask;

    public void NoteContinuation(int target, int events) => Client?.NoteContinuation(target, events);

    public async Task EndAsync(ReplyEnd end)
    {
        await log.ConfirmAsync();
        await log.EndAsync(StoredEnd.StatusOf(end.Failure), end.EndedAt, StoredEnd.Write(end.Failure));
        if (Client is { } connected)
        {
            await connected.EndAsync(end);
        }
    }

    private async ValueTask<bool> WaitAsync(ValueTask<bool> flush) => Take(await flush);

    // Nothing is written to a client that has disconnected.
    private bool Take(bool isConnected)
    {
        _isGone |= !isConnected;
        return true;
    }
}
