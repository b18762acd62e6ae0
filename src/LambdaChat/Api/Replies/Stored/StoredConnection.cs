namespace LambdaChat.Api.Replies.Stored;

/// <summary>
/// The connection of a client whose reply is stored. The reply does not end with it, because the client can read the rest from the store.
/// After the store has given up the reply, no request can read it. The reply then ends when its client disconnects, or at once if it
/// already has.
/// </summary>
internal sealed class StoredConnection : IDisposable
{
    private readonly CancellationTokenSource _aborted;
    private readonly CancellationTokenRegistration _failed;
    private CancellationTokenRegistration _closed;

    /// <param name="connection">Cancelled when the client disconnects.</param>
    /// <param name="deadline">Cancelled when the time of the request has passed.</param>
    /// <param name="failed">Cancelled when the reply is no longer stored.</param>
    public StoredConnection(CancellationToken connection, CancellationToken deadline, CancellationToken failed)
    {
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        Aborted = _aborted.Token;
        _failed = failed.Register(() => _closed = connection.Register(_aborted.Cancel));
    }

    /// <summary>Cancelled when the reply must end.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>Removes both registrations: the server uses its token again for the next request of the connection.</summary>
    public void Dispose()
    {
        _failed.Dispose(); // Waits for a callback that runs, which sets the other registration.
        _closed.Dispose();
        _aborted.Dispose();
    }
}
