using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>
/// Writes a reply to its client and to the store. The reply continues after the client has disconnected, while it is stored. Only its
/// own end or a cancellation stops it: a client that does not read is disconnected, and can read the rest from the store.
/// </summary>
/// <param name="client">Null for a reply in the background, whose client already has its response.</param>
/// <param name="disconnect">Disconnects the client.</param>
/// <param name="tellsStore">True if the last event tells the client whether the reply is stored.</param>
internal sealed class StoredReplyWriter(
    IReplyWriter? client, ReplyProducer producer, TimeProvider timeProvider, Action? disconnect = null, bool tellsStore = false)
    : IReplyWriter
{
    /// <summary>The maximum time for which a reply waits for its client.</summary>
    public static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    private bool _isGone = client is null;

    public ReplyFailure? Failure => Client?.Failure;

    public bool SendsHeartbeats => client is { SendsHeartbeats: true };

    public bool MustAbort => Client is { MustAbort: true };

    public long UnflushedBytes => Client?.UnflushedBytes ?? 0;

    public long HeldBytes => Client?.HeldBytes ?? 0;

    public long SentBytes => client?.SentBytes ?? 0;

    private IReplyWriter? Client => _isGone ? null : client;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        producer.Append(chunk);
        return Client?.Write(chunk) ?? true;
    }

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (Client is not { } connected)
        {
            return ValueTask.FromResult(!producer.HasFailed);
        }

        var flush = connected.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? ValueTask.FromResult(Take(flush.Result)) : WaitAsync(flush.AsTask());
    }

    public ValueTask SendHeartbeatAsync()
    {
        var beat = Client?.SendHeartbeatAsync() ?? ValueTask.CompletedTask;
        return beat.IsCompletedSuccessfully ? beat : new ValueTask(WaitForClientAsync(beat.AsTask()));
    }

    public void NoteContinuation(int target, int events) => Client?.NoteContinuation(target, events);

    public async Task EndAsync(ReplyEnd end)
    {
        if (tellsStore && !_isGone)
        {
            await producer.ConfirmAsync();
        }

        await producer.EndAsync(StoredEnd.StatusOf(end.Failure), end.EndedAt, StoredEnd.Write(end.Failure));
        if (Client is { } connected)
        {
            await connected.EndAsync(end);
        }
    }

    private async ValueTask<bool> WaitAsync(Task<bool> flush) => Take(await WaitForClientAsync(flush) && await flush);

    // False if the client has not read for too long. The reply no longer waits for what was written to it.
    private async Task<bool> WaitForClientAsync(Task task)
    {
        try
        {
            await task.WaitAsync(ClientTimeout, timeProvider);
            return true;
        }
        catch (TimeoutException)
        {
            _isGone = true;
            disconnect?.Invoke();
            return false;
        }
    }

    // Nothing is written to a client that has disconnected.
    private bool Take(bool isConnected)
    {
        _isGone |= !isConnected;
        return isConnected || !producer.HasFailed;
    }
}
