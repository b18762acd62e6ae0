using LambdaChat.ReplyStore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.ReplyStore;

public sealed class MemoryReplyStoreTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly MemoryReplyStore _store;

    public MemoryReplyStoreTests() => _store = new MemoryReplyStore(10_000, _time);

    [Fact]
    public async Task EndedReplies_MakeRoomForNewOnes()
    {
        for (var i = 0; i < 1000; i++)
        {
            await CreateAsync(i);
            await EndAsync(i);
        }

        Assert.Null(await _store.ReadHeadAsync(Key(0), CancellationToken.None));
        Assert.NotNull(await _store.ReadHeadAsync(Key(999), CancellationToken.None));
    }

    [Fact]
    public async Task RunningReplies_AreKept()
    {
        await Assert.ThrowsAsync<ReplyStoreException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await CreateAsync(i);
            }
        });

        Assert.NotNull(await _store.ReadHeadAsync(Key(0), CancellationToken.None));
    }

    [Fact]
    public async Task Caller_AtItsShare_LosesOnlyItsOwnReplies()
    {
        var other = ReplyKey.Of("b", "resp_1");
        await CreateAsync(other);
        await _store.EndAsync(
            other, "g", new ReplyEnding(ReplyStatus.Completed, 0, _time.GetUtcNow(), []), _time.GetUtcNow().AddMinutes(1),
            CancellationToken.None);
        for (var i = 0; i < 1000; i++)
        {
            await CreateAsync(i);
            await EndAsync(i);
        }

        Assert.NotNull(await _store.ReadHeadAsync(other, CancellationToken.None));
        Assert.NotNull(await _store.ReadHeadAsync(Key(999), CancellationToken.None));
    }

    [Fact]
    public async Task Caller_WithItsShareOfRunningReplies_LeavesRoomForOthers()
    {
        await Assert.ThrowsAsync<ReplyStoreException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await CreateAsync(i);
            }
        });

        await CreateAsync(ReplyKey.Of("b", "resp_1"));
        Assert.True(await _store.DeleteAsync(Key(0), CancellationToken.None));
        await CreateAsync(1000);
    }

    [Fact]
    public async Task Create_OfAnotherGeneration_Fails()
    {
        await CreateAsync(1);
        await CreateAsync(1); // A repeated call.

        await Assert.ThrowsAsync<ReplyStoreException>(() => CreateAsync(1, "other"));
    }

    [Fact]
    public async Task Name_IsThatOfTheLastReply()
    {
        var name = ReplyKey.Of("caller", "conversation");
        var now = _time.GetUtcNow();
        await _store.SetNameAsync(name, new NamedReply("resp_1", now), now.AddMinutes(1), CancellationToken.None);
        await _store.SetNameAsync(name, new NamedReply("resp_2", now), now.AddMinutes(1), CancellationToken.None);

        Assert.Equal(new NamedReply("resp_2", now), await _store.FindNameAsync(name, CancellationToken.None));
        await _store.SetNameAsync(name, new NamedReply("resp_0", now.AddSeconds(-1)), now.AddMinutes(1), CancellationToken.None);
        Assert.Equal("resp_2", (await _store.FindNameAsync(name, CancellationToken.None))!.Id); // Repeated after a failure.
        Assert.Null(await _store.FindNameAsync(ReplyKey.Of("other", "conversation"), CancellationToken.None));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await _store.FindNameAsync(name, CancellationToken.None));
    }

    [Fact]
    public async Task Names_TakePartInTheSize()
    {
        for (var i = 0; i < 1000; i++)
        {
            await _store.SetNameAsync(
                Key(i), new NamedReply($"resp_{i}", _time.GetUtcNow()), _time.GetUtcNow().AddMinutes(1), CancellationToken.None);
        }

        Assert.Null(await _store.FindNameAsync(Key(0), CancellationToken.None));
        Assert.Equal("resp_999", (await _store.FindNameAsync(Key(999), CancellationToken.None))!.Id);
        Assert.Null(await _store.ReadHeadAsync(Key(999), CancellationToken.None)); // A name is no reply.
    }

    [Theory]
    [InlineData(ReplyStatus.Completed, ReplyStatus.Completed)]
    [InlineData(ReplyStatus.Failed, ReplyStatus.Failed)]
    [InlineData(ReplyStatus.Cancelled, ReplyStatus.Cancelled)]
    [InlineData(ReplyStatus.Lost, ReplyStatus.Cancelled)] // A reader does not know how it ended.
    internal async Task Cancelled_AndThenEnded_HasTheStatusOfItsEnd(ReplyStatus ending, ReplyStatus expected)
    {
        await CreateAsync(1);
        await _store.CancelAsync(Key(1), CancellationToken.None);
        await _store.EndAsync(
            Key(1), "g", new ReplyEnding(ending, 0, _time.GetUtcNow(), []), _time.GetUtcNow().AddMinutes(1), CancellationToken.None);
        await EndAsync(1); // Changes nothing any more.

        var head = await _store.ReadHeadAsync(Key(1), CancellationToken.None);
        Assert.Equal((expected, expected), (head!.Status, head.Ending!.Status));
    }

    [Fact]
    public async Task Log_ThatHasEnded_IsStored()
    {
        var log = new ReplyProducer(
            _store, Key(1), "{}"u8.ToArray(), new ReplyStoreSettings(TimeSpan.FromMinutes(1)), _time, "id-1", NullLogger.Instance);
        log.Append("chunk"u8);
        await log.EndAsync(ReplyStatus.Completed, _time.GetUtcNow(), []);

        Assert.Equal(1, (await _store.ReadHeadAsync(Key(1), CancellationToken.None))!.Ending?.Parts);
    }

    // The process was suspended, or its clock was set: the producer is alive, and has not renewed its lease yet.
    [Fact]
    public async Task RunningReply_AfterAJumpOfTheClock_GoesOn()
    {
        var settings = new ReplyStoreSettings(TimeSpan.FromMinutes(1));
        await using var log = new ReplyProducer(_store, Key(1), "{}"u8.ToArray(), settings, _time, "id-1", NullLogger.Instance);
        var reader = new ReplyReader(_store, Key(1), settings, _time);
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(1)); // Runs no timer.

        Assert.True(await reader.ReadAsync(CancellationToken.None));
        Assert.Equal(ReplyStatus.Running, reader.Head!.Status);
        log.Append("chunk"u8);
        await log.EndAsync(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await reader.ReadAsync(CancellationToken.None);

        Assert.False(log.IsCancelled || log.HasFailed);
        Assert.Equal((ReplyStatus.Completed, 1), (reader.Ending!.Status, reader.Ending.Parts));
    }

    [Fact]
    public async Task EndedReply_Expires()
    {
        await CreateAsync(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await _store.ReadHeadAsync(Key(1), CancellationToken.None));
        await EndAsync(1);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(await _store.ReadHeadAsync(Key(1), CancellationToken.None));
    }

    // No reader judges its lease.
    [Fact(Timeout = 60_000)]
    public async Task RunningReply_ThatCannotBeStored_IsLostAfterItsLease()
    {
        var settings = new ReplyStoreSettings(TimeSpan.FromDays(30)) { MaximumWaiting = 100, EndTimeout = TimeSpan.Zero };
        var log = new ReplyProducer(_store, Key(1), "{}"u8.ToArray(), settings, _time, "id-1", NullLogger.Instance);
        var start = _time.GetUtcNow();
        log.Append(new byte[200]);
        while (!log.Run.IsCompleted)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        var reader = new ReplyReader(_store, Key(1), settings, _time);
        Assert.True(await reader.ReadAsync(CancellationToken.None));
        Assert.Equal((ReplyStatus.Lost, 0), (reader.Ending!.Status, reader.Ending.Parts));
        Assert.InRange(_time.GetUtcNow() - start, settings.Lease, TimeSpan.MaxValue);
    }

    [Fact]
    public void Key_DiffersByCallerAndId()
    {
        Assert.Equal(ReplyKey.Of("a", "b"), ReplyKey.Of("a", "b"));
        Assert.Distinct([ReplyKey.Of("a", "b"), ReplyKey.Of("b", "a"), ReplyKey.Of(null, "b"), ReplyKey.Of("", "b"), ReplyKey.Of("a", "")]);
    }

    private static ReplyKey Key(int number) => ReplyKey.Of("a", $"resp_{number}");

    private Task CreateAsync(int number, string generation = "g") => CreateAsync(Key(number), generation);

    private Task CreateAsync(ReplyKey key, string generation = "g") => _store.CreateAsync(
        key, new ReplyHead(generation, ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow().AddMinutes(1)), new byte[100],
        CancellationToken.None);

    private Task EndAsync(int number) => _store.EndAsync(
        Key(number), "g", new ReplyEnding(ReplyStatus.Completed, 0, _time.GetUtcNow(), []), _time.GetUtcNow().AddMinutes(1),
        CancellationToken.None);
}
