namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// Gives up the connection of a response that has not ended shortly before the deadline of its invocation. Otherwise a client that does not
/// read could hold the invocation beyond it: the Runtime API may then accept no more bytes, or not acknowledge the response.
/// </summary>
internal sealed class ResponseLimit : IDisposable
{
    private readonly CancellationTokenSource? _limit;
    private readonly CancellationTokenRegistration _closing;

    /// <param name="deadline">The deadline of the invocation; null if it has none.</param>
    public ResponseLimit(RuntimeApiConnection connection, DateTimeOffset? deadline, TimeProvider timeProvider)
    {
        if (deadline is { } known)
        {
            _limit = new CancellationTokenSource(DeadlineMargin.UntilClosed(known, timeProvider), timeProvider);
            _closing = _limit.Token.UnsafeRegister(static connection => ((RuntimeApiConnection)connection!).GiveUp(), connection);
        }
    }

    /// <summary>True once the connection was given up.</summary>
    public bool IsReached => _limit is { IsCancellationRequested: true };

    /// <summary>Call it at the end of the invocation. It waits for a callback that runs, so that the next response is not cut.</summary>
    public void Dispose()
    {
        _closing.Dispose();
        _limit?.Dispose();
    }
}
