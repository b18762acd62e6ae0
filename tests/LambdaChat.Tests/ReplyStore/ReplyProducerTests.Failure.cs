using LambdaChat.ReplyStore;
using LambdaChat.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.ReplyStore;

// Replies that the store has given up, and that continue for their client.
public sealed partial class ReplyProducerTests
{
    private static readonly ReplyStoreSettings ShortOutage = Settings with { MaximumOutage = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Cancellation_AfterAnOutage_ReachesTheProducer()
    {
        var producer = await StartAsync(ShortOutage);
        _store.IsFailing = true;
        Append(producer, "a");
        await AdvanceUntilAsync(producer.Failed);
        _store.IsFailing = false;

        await _store.CancelAsync(Key, CancellationToken.None);
        await AdvanceUntilAsync(producer.Cancelled);

        Assert.True(producer.HasFailed && producer.IsCancelled);
    }

    [Fact]
    public async Task Reply_WhoseEndAClientReadsLate_IsNotFailing()
    {
        var producer = await StartAsync(Settings with { EndTimeout = TimeSpan.FromSeconds(2) });
        await producer.EndAsync(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await producer.Run;

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.False(producer.IsFailing);
    }

    // Its readers learn from the lease that the rest is not stored.
    [Fact]
    public async Task Lease_AfterAnOutage_IsNotRenewed()
    {
        var producer = await StartAsync(ShortOutage);
        _store.IsFailing = true;
        Append(producer, "a");
        await AdvanceUntilAsync(producer.Failed);
        _store.IsFailing = false;
        var before = await _store.ReadHeadAsync(Key, CancellationToken.None);
        for (var i = 0; i < 2 * (Settings.Renewal / Settings.CheckInterval); i++)
        {
            await _store.WaitForAsync("head", Advance);
        }

        Assert.Equal(before, await _store.ReadHeadAsync(Key, CancellationToken.None));
        Assert.False(producer.IsCancelled);
    }

    [Fact]
    public async Task Reply_ThatTheStoreNeverHad_IsNotCancelled()
    {
        _store.IsFailing = true;
        var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), ShortOutage, _time, "id-1", NullLogger.Instance);
        await AdvanceUntilAsync(producer.Failed);
        _store.IsFailing = false;
        for (var i = 0; i < 3; i++)
        {
            await _store.WaitForAsync("head", Advance);
        }

        Assert.False(producer.IsCancelled);
    }

    [Fact]
    public async Task PermanentFailure_EndsStoringAtOnce()
    {
        (_store.IsFailing, _store.IsPermanent) = (true, true);
        await using var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), ShortOutage, _time, "id-1", NullLogger.Instance);

        // Nothing advances the time of the producer.
        Assert.False(await producer.Created.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(producer.HasFailed);
    }

    [Fact]
    public async Task End_AfterAFailure_EndsTheChecks()
    {
        var producer = await StartAsync(ShortOutage with { WaitsAtEnd = true, EndTimeout = TimeSpan.FromDays(30) });
        _store.IsFailing = true;
        Append(producer, "a");
        await AdvanceUntilAsync(producer.Failed);

        await producer.DisposeAsync().AsTask().WaitAsync(TestContext.Current.CancellationToken); // Nothing advances the time.
    }

    [Fact]
    public async Task Request_ThatIsTooLong_IsNotStored()
    {
        var random = new byte[2000];
        new Random(1).NextBytes(random);
        using var messages = new LoggedMessages();

        var producer = new ReplyProducer(_store, Key, random, Settings with { MaximumRequest = 1000 }, _time, "id-1", messages);

        Assert.False(await producer.Created);
        Assert.True(producer.IsTooLarge);
        Assert.Equal( // The store has not failed.
            "The reply to request id-1 is not stored, because the request is too large for the reply store.",
            await messages.WaitForAsync(LogLevel.Warning));
    }

    private async Task AdvanceUntilAsync(CancellationToken cancelled)
    {
        while (!cancelled.IsCancellationRequested)
        {
            Advance();
            await Task.Yield();
        }
    }
}
