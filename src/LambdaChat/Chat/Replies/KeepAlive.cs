namespace LambdaChat.Chat.Replies;

/// <summary>
/// Keeps clients and proxies waiting while a model is silent: after the hold time, and then at an interval since the last bytes, a sign of
/// life goes out. Up to the first one nothing is committed, so that an early failure keeps its HTTP status. Who writes takes a turn.
/// </summary>
internal sealed class KeepAlive : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _interval;
    private readonly Func<ValueTask> _beat;
    private readonly ITimer? _timer;
    private long _lastWrite;
    private bool _isCommitted;

    public KeepAlive(ReplySettings settings, TimeProvider timeProvider, Func<ValueTask> beat)
    {
        _timeProvider = timeProvider;
        _interval = settings.Heartbeat;
        _beat = beat;
        _lastWrite = timeProvider.GetTimestamp();
        if (_interval > TimeSpan.Zero)
        {
            // Started once the field is set: without a hold time it goes off at once, and sets itself anew.
            _timer = timeProvider.CreateTimer(static state => _ = ((KeepAlive)state!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(settings.Hold, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Heartbeats sent.</summary>
    public int Beats { get; private set; }

    /// <summary>Waits until no heartbeat is on its way. <see cref="Exit"/> ends the turn.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    /// <summary>Ends a turn in which something was sent or not.</summary>
    public void Exit(bool hasWritten)
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

        _turn.Release();
    }

    /// <summary>No heartbeat is sent after this.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await _turn.WaitAsync();
    }

    private async Task TickAsync()
    {
        if (!_turn.Wait(0))
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
                Beats++;
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
            _turn.Release();
        }
    }
}
