using LambdaChat.ReplyStore;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.ReplyStore;

public sealed partial class ReplyProducerTests
{
    [Fact]
    public async Task Cancellation_ReachesTheProducer()
    {
        var producer = await StartAsync();
        Append(producer, "a");
        await _store.WaitForAsync("append", Advance);

        var head = await _store.CancelAsync(Key, CancellationToken.None);
        await WaitForCancellationAsync(producer);
        Append(producer, "b");
        producer.End(ReplyStatus.Cancelled, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.Equal((ReplyStatus.Cancelled, null as ReplyEnding), (head!.Status, head.Ending));
        Assert.True(producer.IsCancelled);
        Assert.Equal(["a", "b"], await ReadAsync());
    }

    // Within a second of the next part.
    [Fact]
    public async Task Cancellation_ReachesTheProducer_AfterTwoParts()
    {
        var producer = await StartAsync();
        var cancelled = new TaskCompletionSource();
        producer.Cancelled.Register(cancelled.SetResult);
        await _store.CancelAsync(Key, CancellationToken.None);
        for (var i = 0; i < 2; i++)
        {
            Append(producer, "a");
            _time.Advance(Settings.Interval);
            await _store.WaitForAsync("append");
        }

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(2 * Settings.Interval, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Cancellation_WaitsForTheProducer()
    {
        var producer = await StartAsync();
        var settings = Settings with { EndTimeout = TimeSpan.FromDays(30) };
        var cancellation = new ReplyStorage(_store, settings, _time, NullLogger<ReplyStorage>.Instance)
            .CancelAsync(Key, CancellationToken.None);
        await _store.WaitForAsync("cancel");
        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []); // It does not know of the cancellation yet.
        await _store.WaitForAsync("end");
        while (!cancellation.IsCompleted)
        {
            Advance();
            await Task.Yield();
        }

        Assert.Equal(ReplyStatus.Completed, (await cancellation)!.Status);
    }

    [Fact]
    public async Task Cancellation_OfADeadProducer_DoesNotWaitForLong()
    {
        await _store.CreateAsync(Key, new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow().AddDays(1)), default,
            CancellationToken.None);
        var cancellation = new ReplyStorage(_store, Settings, _time, NullLogger<ReplyStorage>.Instance)
            .CancelAsync(Key, CancellationToken.None);
        var start = _time.GetUtcNow();
        while (!cancellation.IsCompleted)
        {
            Advance();
            await Task.Yield();
        }

        Assert.Equal(ReplyStatus.Cancelled, (await cancellation)!.Status);
        Assert.InRange(_time.GetUtcNow() - start, Settings.EndTimeout, TimeSpan.MaxValue);
    }
}
