using System.Diagnostics;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// A clock with one timer, whose callback runs on a thread of the clock. A timer of <see cref="TimeProvider.System"/> wakes three threads:
/// the timer thread, one of the pool, and the one that watches the pool.
/// </summary>
/// <remarks>The callback must be short. A new timer replaces the last one.</remarks>
internal sealed class TimerThread : TimeProvider, IDisposable
{
    private readonly object _lock = new();
    private Timer? _timer;
    private bool _isStarted;
    private bool _isDisposed;

    /// <summary>Creates a timer that fires once, after <see cref="ITimer.Change"/>. It has no period.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_lock)
        {
            _timer = timer;
        }

        timer.Change(dueTime, period);
        return timer;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Monitor.Pulse(_lock);
        }
    }

    private void Set(Timer timer, TimeSpan dueTime)
    {
        lock (_lock)
        {
            timer.DueTime = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
            timer.SetAt = Stopwatch.GetTimestamp();
            if (timer.DueTime is null)
            {
                return; // The thread sees it when it wakes up.
            }

            if (!_isStarted)
            {
                _isStarted = true;
                new Thread(Run) { IsBackground = true, Name = "flush comments" }.UnsafeStart(); // Without the context of the first request.
            }

            Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (WaitForTimer() is { } timer)
        {
            timer.Callback(timer.State);
        }
    }

    // Null when the clock is disposed.
    private Timer? WaitForTimer()
    {
        lock (_lock)
        {
            while (!_isDisposed)
            {
                if (_timer?.DueTime is not { } dueTime)
                {
                    Monitor.Wait(_lock);
                    continue;
                }

                var left = dueTime - Stopwatch.GetElapsedTime(_timer.SetAt);
                if (left <= TimeSpan.Zero)
                {
                    _timer.DueTime = null;
                    return _timer;
                }

                Monitor.Wait(_lock, (int)Math.Ceiling(left.TotalMilliseconds));
            }

            return null;
        }
    }

    private sealed class Timer(TimerThread thread, TimerCallback callback, object? state) : ITimer
    {
        public TimerCallback Callback { get; } = callback;

        public object? State { get; } = state;

        /// <summary>The time from <see cref="SetAt"/> until the timer fires; null if it does not.</summary>
        public TimeSpan? DueTime { get; set; }

        /// <summary>A timestamp of <see cref="Stopwatch"/>.</summary>
        public long SetAt { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            thread.Set(this, dueTime);
            return true;
        }

        public void Dispose() => thread.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
