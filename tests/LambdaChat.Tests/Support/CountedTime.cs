using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Support;

/// <summary>A time that counts its timers.</summary>
internal sealed class CountedTime : FakeTimeProvider
{
    private readonly Channel<int> _left = Channel.CreateUnbounded<int>();
    private int _timers;

    /// <summary>Waits until each timer that was created is disposed. A wait may end a moment before its timer.</summary>
    public async Task NoTimerAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (Volatile.Read(ref _timers) > 0)
        {
            await _left.Reader.ReadAsync(patience.Token);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return new Counted(base.CreateTimer(callback, state, dueTime, period), this);
    }

    private sealed class Counted(ITimer timer, CountedTime time) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                time._left.Writer.TryWrite(Interlocked.Decrement(ref time._timers));
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
