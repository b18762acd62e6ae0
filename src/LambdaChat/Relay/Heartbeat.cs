namespace LambdaChat.Relay;

/// <summary>
/// Sends heartbeats while a model is silent, so that clients and proxies keep the connection open. The first one is sent after the hold
/// time, each further one an interval after the last bytes. Until the first one nothing is committed, so that an early failure keeps its
/// HTTP status. A heartbeat and chunks are never written at the same time.
/// </summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private static readonly object Taken = new();

    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _interval;
    private readonly Func<ValueTask> _beat;
    private readonly ITimer? _timer;
    private object? _turn; // Null if free; Taken while chunks are written; a TaskCompletionSource while a heartbeat is sent.
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
            // Started after the field is set: without a hold time it fires at once, and its callback uses the field.
            _timer = timeProvider.CreateTimer(static state => _ = ((Heartbeat)state!).TickAsync(), this, Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            _timer.Change(settings.Hold, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Heartbeats sent.</summary>
    public int Count { get; private set; }

    /// <summary>Waits until no heartbeat is being sent, and prevents further ones until <see cref="Unlock"/>.</summary>
    public ValueTask LockAsync(CancellationToken cancellationToken) =>
        Interlocked.CompareExchange(ref _turn, Taken, null) is null ? ValueTask.CompletedTask : WaitAsync(cancellationToken);

    /// <summary>Allows heartbeats again.</summary>
    public void Unlock(bool hasWritten)
    {
        if (hasWritten)
        {
            _lastWrite = _timeProvider.GetTimestamp();
            if (!_isCommitted)
            {
                _isCommitted = true;
                _timer?.Change(_interval, Timeout.InfiniteTimeSpan); // The hold time may be longer than the interval.
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
            // The client has disconnected. After that, Kestrel throws any of these. The next write detects it.
        }
        finally
        {
            Volatile.Write(ref _turn, null);
            heartbeat.SetResult();
        }
    }
}
