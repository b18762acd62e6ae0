using System.Text;
using LambdaChat.ReplyStore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.ReplyStore;

public sealed partial class ReplyProducerTests
{
    private static readonly ReplyKey Key = ReplyKey.Of("a", "resp_1");

    // The clock of a test can run far ahead of the tasks that it wakes, so nothing else may depend on it.
    private static readonly ReplyStoreSettings Settings =
        new(TimeSpan.FromDays(30)) { MaximumOutage = TimeSpan.FromDays(30), HeadTime = TimeSpan.FromDays(30) };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedReplyStore _store;

    public ReplyProducerTests() => _store = new ScriptedReplyStore(_time);

    [Fact]
    public async Task Chunks_OfOneInterval_AreOnePart()
    {
        var log = await StartAsync(chunks: [.. Enumerable.Range(0, 100).Select(i => $"chunk {i}")]);
        await _store.WaitForAsync("append");
        Append(log, "last");
        log.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.Equal(2, (await ReadPartsAsync()).Count);
        Assert.Equal([.. Enumerable.Range(0, 100).Select(i => $"chunk {i}"), "last"], await ReadAsync());
    }

    [Fact]
    public async Task LargeChunks_AreCutIntoParts()
    {
        var texts = new[] { new string('a', 250), "b", new string('c', 99) };
        var log = await StartAsync(Settings with { MaximumPart = 100 }, texts);
        log.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.Equal(4, (await ReadPartsAsync()).Count);
        Assert.Equal(texts, await ReadAsync());
    }

    [Fact]
    public async Task Store_ThatComesBack_HasAllChunks()
    {
        var log = await StartAsync();
        _store.IsFailing = true;
        Append(log, "first");
        await _store.WaitForAsync("append", Advance);
        Append(log, "second");
        await _store.WaitForAsync("append", Advance);
        _store.IsFailing = false;
        log.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end", Advance);

        Assert.False(log.HasFailed);
        Assert.Equal(["first", "second"], await ReadAsync());
    }

    [Fact]
    public async Task Store_ThatFailsForLong_IsGivenUp()
    {
        _store.IsFailing = true;
        var settings = Settings with { MaximumOutage = TimeSpan.FromSeconds(10) };
        var log = new ReplyProducer(_store, Key, "{}"u8.ToArray(), settings, _time, "id-1", NullLogger.Instance);
        while (!log.Created.IsCompleted)
        {
            Append(log, "x"); // Never waits.
            Advance();
            await Task.Yield();
        }

        Assert.False(await log.Created);
        Assert.True(log.HasFailed);
    }

    [Fact]
    public async Task Chunks_BeyondTheMaximum_AreNotStored()
    {
        var log = await StartAsync(Settings with { MaximumWaiting = 1000 });
        Append(log, new string('a', 2000));

        Assert.True(log.HasFailed);
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    public async Task Store_ThatIsStuckAtTheEnd_IsGivenUp(double seconds, bool hasFailed)
    {
        var log = await StartAsync(chunks: "a");
        await _store.WaitForAsync("append");
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        Append(log, "b");
        _time.Advance(Settings.Interval);
        await _store.WaitForAsync("append");
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await log.ConfirmAsync();
        gate.SetResult();

        Assert.Equal(hasFailed, log.HasFailed);
    }

    // Its chunks were appended before the store had the reply.
    [Fact]
    public async Task Store_ThatIsStuckAtTheFirstPart_IsGivenUp()
    {
        var created = new TaskCompletionSource();
        var stored = new TaskCompletionSource();
        _store.Gate = created.Task;
        var log = new ReplyProducer(_store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance);
        await _store.WaitForAsync("create");
        Append(log, "a");
        _store.Gate = stored.Task;
        created.SetResult();
        await _store.WaitForAsync("append");
        _time.Advance(TimeSpan.FromSeconds(2.1));
        await log.ConfirmAsync();
        stored.SetResult();

        Assert.True(log.HasFailed);
    }

    [Fact]
    public async Task Store_ThatWasStuck_IsNotGivenUpAtTheNextPart()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var log = await StartAsync(Settings with { MaximumPart = 100 });
        _store.Gate = first.Task;
        Append(log, new string('a', 150));
        _time.Advance(Settings.Interval);
        await _store.WaitForAsync("append");
        _time.Advance(TimeSpan.FromSeconds(3));
        _store.Gate = second.Task;
        first.SetResult();
        await _store.WaitForAsync("append");
        await log.ConfirmAsync();
        second.SetResult();

        Assert.False(log.HasFailed);
    }

    [Fact]
    public async Task Deletion_CancelsTheReply()
    {
        var log = await StartAsync();
        await _store.DeleteAsync(Key, CancellationToken.None);
        await WaitForCancellationAsync(log);

        Assert.True(log.IsCancelled);
    }

    [Fact]
    public async Task Cancellation_AfterTheEnd_ChangesNothing()
    {
        var log = await StartAsync();
        log.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.Equal(ReplyStatus.Completed, (await _store.CancelAsync(Key, CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task Silence_RenewsTheLease()
    {
        await StartAsync();
        var before = await _store.ReadHeadAsync(Key, CancellationToken.None);
        for (var i = 0; i < 5; i++)
        {
            await _store.WaitForAsync("renew", Advance);
        }

        var after = await _store.ReadHeadAsync(Key, CancellationToken.None);
        Assert.InRange(after!.Lease - before!.Lease, 5 * Settings.Renewal, TimeSpan.MaxValue);
        Assert.InRange(after.Expires - before.Expires, 5 * Settings.Renewal, TimeSpan.MaxValue);
    }

    [Fact]
    public async Task Producer_WithoutEnd_IsLostAtItsDispose()
    {
        var log = await StartAsync();
        Append(log, "a");
        await log.DisposeAsync();
        await _store.WaitForAsync("end");

        var reader = new ReplyReader(_store, Key, Settings, _time);
        await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(ReplyStatus.Lost, reader.Ending!.Status);
    }

    // The chunks are one part, which the store gets first: they are appended before it has the reply.
    private async Task<ReplyProducer> StartAsync(ReplyStoreSettings? settings = null, params string[] chunks)
    {
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        var log = new ReplyProducer(_store, Key, "{}"u8.ToArray(), settings ?? Settings, _time, "id-1", NullLogger.Instance);
        await _store.WaitForAsync("create");
        Array.ForEach(chunks, text => Append(log, text));
        _store.Gate = null;
        gate.SetResult();
        Assert.True(await log.Created);
        return log;
    }

    private async Task WaitForCancellationAsync(ReplyProducer log)
    {
        while (!log.Cancelled.IsCancellationRequested)
        {
            Advance();
            await Task.Yield();
        }
    }

    private void Advance() => _time.Advance(TimeSpan.FromMilliseconds(10));

    private static void Append(ReplyProducer log, string text) => log.Append(Encoding.UTF8.GetBytes(text));

    private async Task<IReadOnlyList<ReplyPart>> ReadPartsAsync() => (await _store.ReadAsync(Key, 0, CancellationToken.None))!.Parts;

    private async Task<List<string>> ReadAsync()
    {
        var reader = new ReplyReader(_store, Key, Settings, _time);
        await reader.ReadAsync(CancellationToken.None);
        var chunks = new List<string>();
        while (reader.MoveNext())
        {
            chunks.Add(Encoding.UTF8.GetString(reader.Chunk));
        }

        Assert.NotNull(reader.Ending);
        return chunks;
    }
}
