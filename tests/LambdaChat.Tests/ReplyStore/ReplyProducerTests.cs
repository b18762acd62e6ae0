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
        var producer = await StartAsync(chunks: [.. Enumerable.Range(0, 100).Select(i => $"chunk {i}")]);
        await _store.WaitForAsync("append");
        Append(producer, "last");
        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.Equal(2, (await ReadPartsAsync()).Count);
        Assert.Equal([.. Enumerable.Range(0, 100).Select(i => $"chunk {i}"), "last"], await ReadAsync());
    }

    [Fact]
    public async Task LargeChunks_AreCutIntoParts()
    {
        var texts = new[] { new string('a', 250), "b", new string('c', 99) };
        var producer = await StartAsync(Settings with { MaximumPart = 100 }, texts);
        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.Equal(4, (await ReadPartsAsync()).Count);
        Assert.Equal(texts, await ReadAsync());
    }

    [Fact]
    public async Task Store_ThatComesBack_HasAllChunks()
    {
        var producer = await StartAsync();
        _store.IsFailing = true;
        Append(producer, "first");
        await _store.WaitForAsync("append", Advance);
        Append(producer, "second");
        await _store.WaitForAsync("append", Advance);
        _store.IsFailing = false;
        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end", Advance);

        Assert.False(producer.HasFailed);
        Assert.Equal(["first", "second"], await ReadAsync());
    }

    [Fact]
    public async Task Store_ThatFailsForLong_IsGivenUp()
    {
        _store.IsFailing = true;
        var settings = Settings with { MaximumOutage = TimeSpan.FromSeconds(10) };
        var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), settings, _time, "id-1", NullLogger.Instance);
        while (!producer.Created.IsCompleted)
        {
            Append(producer, "x"); // Never waits.
            Advance();
            await Task.Yield();
        }

        Assert.False(await producer.Created);
        Assert.True(producer.HasFailed);
    }

    [Fact]
    public async Task Chunks_BeyondTheMaximum_AreNotStored()
    {
        var producer = await StartAsync(Settings with { MaximumWaiting = 1000 });
        Append(producer, new string('a', 2000));

        Assert.True(producer.HasFailed);
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    public async Task Store_ThatIsStuckAtTheEnd_IsGivenUp(double seconds, bool hasFailed)
    {
        var producer = await StartAsync(chunks: "a");
        await _store.WaitForAsync("append");
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        Append(producer, "b");
        _time.Advance(Settings.Interval);
        await _store.WaitForAsync("append");
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await producer.ConfirmAsync();
        gate.SetResult();

        Assert.Equal(hasFailed, producer.HasFailed);
    }

    // Its chunks were appended before the store had the reply.
    [Fact]
    public async Task Store_ThatIsStuckAtTheFirstPart_IsGivenUp()
    {
        var created = new TaskCompletionSource();
        var stored = new TaskCompletionSource();
        _store.Gate = created.Task;
        var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance);
        await _store.WaitForAsync("create");
        Append(producer, "a");
        _store.Gate = stored.Task;
        created.SetResult();
        await _store.WaitForAsync("append");
        _time.Advance(TimeSpan.FromSeconds(2.1));
        await producer.ConfirmAsync();
        stored.SetResult();

        Assert.True(producer.HasFailed);
    }

    [Fact]
    public async Task Store_ThatWasStuck_IsNotGivenUpAtTheNextPart()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var producer = await StartAsync(Settings with { MaximumPart = 100 });
        _store.Gate = first.Task;
        Append(producer, new string('a', 150));
        _time.Advance(Settings.Interval);
        await _store.WaitForAsync("append");
        _time.Advance(TimeSpan.FromSeconds(3));
        _store.Gate = second.Task;
        first.SetResult();
        await _store.WaitForAsync("append");
        await producer.ConfirmAsync();
        second.SetResult();

        Assert.False(producer.HasFailed);
    }

    [Fact]
    public async Task Deletion_CancelsTheReply()
    {
        var producer = await StartAsync();
        await _store.DeleteAsync(Key, CancellationToken.None);
        await WaitForCancellationAsync(producer);

        Assert.True(producer.IsCancelled);
    }

    [Fact]
    public async Task Cancellation_AfterTheEnd_ChangesNothing()
    {
        var producer = await StartAsync();
        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
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
        var producer = await StartAsync();
        Append(producer, "a");
        await producer.DisposeAsync();
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
        var producer = new ReplyProducer(_store, Key, "{}"u8.ToArray(), settings ?? Settings, _time, "id-1", NullLogger.Instance);
        await _store.WaitForAsync("create");
        Array.ForEach(chunks, text => Append(producer, text));
        _store.Gate = null;
        gate.SetResult();
        Assert.True(await producer.Created);
        return producer;
    }

    private async Task WaitForCancellationAsync(ReplyProducer producer)
    {
        while (!producer.Cancelled.IsCancellationRequested)
        {
            Advance();
            await Task.Yield();
        }
    }

    private void Advance() => _time.Advance(TimeSpan.FromMilliseconds(10));

    private static void Append(ReplyProducer producer, string text) => producer.Append(Encoding.UTF8.GetBytes(text));

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
