namespace LambdaChat.Relay;

/// <summary>
/// Keeps clients and proxies waiting while a model is silent: after the hold time, and then at an interval since the last bytes, a sign of
/// life goes out. Up to the first one nothing is committed, so that an early failure keeps its HTTP status. The one who
/// writes chunks takes turns with it.
/// </summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private static readonly object Taken = new();

    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _interval;
    private readonly Func<ValueTask> _beat;
    private readonly ITimer? _timer;
    private object? _turn; // Nobody's; Taken by who writes chunks; of a heartbeat: a task that ends with it.
    private long _lastWrite;
    private bool _isCommitted;

    public Heartbeat(RelaySettings settings, TimeProvider timeProvider, Func<ValueTask> beat)
    {
        _timeProvider = timeProvider;
        _interval = settings.Heartbeat;
        _beat = beat;
        _lastWrite = timeProvider.GetTimestamp();
        if (_interval > TimeSpan.Zero)
        {
            // Started once the field is set: without a hold time it goes off at once, and sets itself anew.
            _timer = timeProvider.CreateTimer(static state => _ = ((Heartbeat)state!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(settings.Hold, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Heartbeats sent.</summary>
    public int Count { get; private set; }

    /// <summary>Waits until no heartbeat is on its way. <see cref="Unlock"/> ends the turn.</summary>
    public ValueTask LockAsync(CancellationToken cancellationToken) =>
        Interlocked.CompareExchange(ref _turn, Taken, null) is null ? ValueTask.CompletedTask : WaitAsync(cancellationToken);

    /// <summary>Ends a turn in which something was sent or not.</summary>
    public void Unlock(bool hasWritten)
    {
        if (hasWritten)
        {
            _lastWrite = _timeProvider.GetTimestamp();
            if (!_isCommitted)
            {
                _isCommitted = true;
                _timer?.Change(_interval, Timeout.InfiniteTimeSpan); // The hold may be longer.
            }
        }

        Volatile.Write(ref _turn, null);
    }

    /// <summary>No heartbeat is sent after this.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await LockAsync(CancellationToken.None);
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (Interlocked.CompareExchange(ref _turn, Taken, null) is TaskCompletionSource heartbeat)
        {
            await heartbeat.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task TickAsync()
    {
        var heartbeat = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _turn, heartbeat, null) is not null)
        {
            _timer!.Change(_interval, Timeout.InfiniteTimeSpan); // Something is being sent.
            return;
        }

        try
        {
            var wait = _isCommitted ? _interval - _timeProvider.GetElapsedTime(_lastWrite) : TimeSpan.Zero;
            if (wait <= TimeSpan.Zero)
            {
                await _beat();
                Count++;
                _isCommitted = true;
                _lastWrite = _timeProvider.GetTimestamp();
                wait = _interval;
            }

            _timer!.Change(wait, Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Nobody reads any more, which the next write will find out.
        }
        finally
        {
            Volatile.Write(ref _turn, null);
            heartbeat.SetResult();
        }
    }
}
