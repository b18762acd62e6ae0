using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Support;

/// <summary>A time that the test advances, and that says when the code under test waits for a certain time.</summary>
/// <param name="awaited">The due time of the timers that <see cref="TimerAsync"/> waits for.</param>
internal sealed class ObservedTime(TimeSpan awaited) : FakeTimeProvider, IDisposable
{
    private readonly SemaphoreSlim _timers = new(0);
    private int _started;

    /// <summary>The number of these timers so far.</summary>
    public int Started => _started;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == awaited)
        {
            Interlocked.Increment(ref _started);
            _timers.Release();
        }

        return timer;
    }

    /// <summary>Waits until the next timer has started.</summary>
    public async Task TimerAsync() =>
        Assert.True(await _timers.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "No timer has started.");

    public void Dispose() => _timers.Dispose();
}
