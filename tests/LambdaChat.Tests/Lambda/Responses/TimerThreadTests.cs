using LambdaChat.Lambda.Responses;

namespace LambdaChat.Tests.Lambda.Responses;

/// <summary>Timers on a thread of their own.</summary>
public sealed class TimerThreadTests
{
    private TaskCompletionSource<string?> _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Timer_Set_FiresOnceOnTheThreadOfTheClock()
    {
        using var clock = new TimerThread();
        using var timer = clock.CreateTimer(Fire, state: null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

        Assert.Equal("flush comments", await _fired.Task.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Timer_SetByItsCallback_FiresAgain()
    {
        using var clock = new TimerThread();
        ITimer? timer = null;
        var count = 0;
        timer = clock.CreateTimer(
            _ =>
            {
                if (++count == 3)
                {
                    _fired.SetResult(null);
                }
                else
                {
                    timer!.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                }
            },
            state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

        await _fired.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Timer_StoppedAndSetAgain_Fires()
    {
        using var clock = new TimerThread();
        using var timer = clock.CreateTimer(Fire, state: null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        await _fired.Task.WaitAsync(TestContext.Current.CancellationToken);
        _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        timer.Change(TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

        await _fired.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The response before ended its timer after the next response began.</summary>
    [Fact]
    public async Task NewTimer_FiresAlthoughTheLastOneIsDisposedLater()
    {
        using var clock = new TimerThread();
        var first = clock.CreateTimer(static _ => { }, state: null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        using var timer = clock.CreateTimer(Fire, state: null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        await first.DisposeAsync();

        await _fired.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Timer_SetToAnEarlierTime_FiresThen()
    {
        using var clock = new TimerThread();
        using var timer = clock.CreateTimer(Fire, state: null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

        await _fired.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Clock_Disposed_EndsItsThread()
    {
        var clock = new TimerThread();
        Thread? thread = null;
        using var timer = clock.CreateTimer(
            _ =>
            {
                thread = Thread.CurrentThread;
                _fired.SetResult(null);
            },
            state: null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        await _fired.Task.WaitAsync(TestContext.Current.CancellationToken);

        clock.Dispose();

        thread!.Join();
    }

    private void Fire(object? state) => _fired.TrySetResult(Thread.CurrentThread.Name);
}
