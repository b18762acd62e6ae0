using LambdaChat.ReplyStore;
using LambdaChat.Streaming;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.ReplyStore;

public sealed class ReplyReaderTests
{
    private static readonly ReplyKey Key = ReplyKey.Of(null, "resp_1");

    // The clock of a test can run far ahead of the tasks that it wakes.
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromDays(30)) { Lease = TimeSpan.FromDays(1) };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedReplyStore _store;
    private readonly ReplyReader _reader;

    public ReplyReaderTests()
    {
        _store = new ScriptedReplyStore(_time);
        _reader = new ReplyReader(_store, Key, Settings, _time);
    }

    [Fact]
    public async Task Wait_ForAPart_Polls()
    {
        await CreateAsync();
        await _reader.ReadAsync(CancellationToken.None);
        var wait = _reader.WaitAsync(CancellationToken.None);
        await _store.WaitForAsync("read", Advance);
        Assert.False(wait.IsCompleted);
        await AppendAsync(1);
        await AdvanceUntilAsync(wait);

        Assert.True(await wait);
        Assert.True(_reader.MoveNext());
        Assert.Null(_reader.Ending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Producer_ThatWasKilled_IsLost(bool isCancelled)
    {
        await CreateAsync();
        await AppendAsync(1);
        if (isCancelled)
        {
            await _store.CancelAsync(Key, CancellationToken.None);
        }

        _time.Advance(Settings.Lease + Settings.ClockDifference + TimeSpan.FromSeconds(1));
        Assert.True(await _reader.ReadAsync(CancellationToken.None));
        await AppendAsync(2); // By a producer that was only slow.
        var later = new ReplyReader(_store, Key, Settings, _time);
        await later.ReadAsync(CancellationToken.None);

        var expected = (isCancelled ? ReplyStatus.Cancelled : ReplyStatus.Lost, 1);
        Assert.Equal(expected, (_reader.Ending!.Status, _reader.Ending.Parts));
        Assert.Equal(expected, (later.Ending!.Status, later.Ending.Parts));
        Assert.True(later.MoveNext());
        Assert.False(later.MoveNext());
    }

    [Fact]
    public async Task Producer_ThatWasKilledSecondsAgo_IsLostAtTheFirstRead()
    {
        var settings = Settings with { Lease = TimeSpan.FromSeconds(20) };
        var (lease, expires) = (_time.GetUtcNow() + settings.Lease, _time.GetUtcNow().AddDays(30));
        await _store.CreateAsync(Key, new ReplyHead("g", ReplyStatus.Running, lease, expires), "{}"u8.ToArray(), CancellationToken.None);
        _time.Advance(settings.Lease + settings.ClockDifference + TimeSpan.FromSeconds(1));
        var reader = new ReplyReader(_store, Key, settings, _time);

        var read = reader.ReadAsync(CancellationToken.None);

        Assert.True(read.IsCompleted); // It does not wait for a sign of the producer.
        Assert.True(await read);
        Assert.Equal(ReplyStatus.Lost, reader.Ending!.Status);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Clock_ThatDiffers_LosesNoReply(int direction)
    {
        await CreateAsync();
        _time.Advance(Settings.Lease - TimeSpan.FromSeconds(1));
        _store.ClockError = direction * Settings.ClockDifference;

        await _reader.ReadAsync(CancellationToken.None);

        Assert.Equal(ReplyStatus.Running, _reader.Head!.Status);
    }

    [Fact]
    public async Task Suspension_AfterARead_LosesNoReply()
    {
        await CreateAsync();
        _store.AfterRead = () => _time.Advance(2 * Settings.Lease); // Of the reader's process. The producer is another one.

        await _reader.ReadAsync(CancellationToken.None);

        Assert.Equal(ReplyStatus.Running, _reader.Head!.Status);
    }

    [Fact]
    public async Task Reply_ThatHasExpired_DoesNotExist()
    {
        await CreateAsync();
        _time.Advance(TimeSpan.FromDays(30));

        Assert.False(await _reader.ReadAsync(CancellationToken.None));
        Assert.Null(await _store.ReadRequestAsync(Key, CancellationToken.None));
        Assert.False(await _store.DeleteAsync(Key, CancellationToken.None));
    }

    [Theory]
    [InlineData(nameof(ReplyStatus.Completed))]
    [InlineData(nameof(ReplyStatus.Failed))]
    [InlineData(nameof(ReplyStatus.Cancelled))]
    public async Task Part_ThatIsMissing_LosesTheReplyAtOnce(string status)
    {
        await CreateAsync();
        await AppendAsync(1);
        await EndAsync(Enum.Parse<ReplyStatus>(status), parts: 2);

        await _reader.ReadAsync(CancellationToken.None);

        Assert.Equal((ReplyStatus.Lost, 1), (_reader.Ending!.Status, _reader.Ending.Parts));
        Assert.True(_reader.MoveNext());
    }

    // A query reads the parts before the head: the last part and the end can be written in between.
    [Fact]
    public async Task Part_ThatARunningReadMissed_IsReadBeforeTheEnd()
    {
        await CreateAsync();
        await AppendAsync(1);
        await AppendAsync(2);
        await EndAsync(ReplyStatus.Completed, parts: 2);
        _store.EarlyReads = 1;

        await _reader.ReadAsync(CancellationToken.None);

        Assert.Equal((ReplyStatus.Completed, 2), (_reader.Ending!.Status, _reader.Ending.Parts));
        Assert.True(_reader.MoveNext() && _reader.MoveNext());
    }

    [Fact]
    public async Task Store_ThatComesBack_IsReadOn()
    {
        await CreateAsync();
        var reader = new ReplyReader(_store, Key, Settings with { MaximumOutage = TimeSpan.FromDays(30) }, _time);
        await reader.ReadAsync(CancellationToken.None);
        _store.IsFailing = true;
        var wait = reader.WaitAsync(CancellationToken.None);
        await _store.WaitForAsync("read", Advance);
        await _store.WaitForAsync("read", Advance);
        _store.IsFailing = false;
        await AppendAsync(1);
        await AdvanceUntilAsync(wait);

        Assert.True(await wait);
    }

    [Fact]
    public async Task Store_ThatStaysAway_FailsTheReader()
    {
        await CreateAsync();
        await _reader.ReadAsync(CancellationToken.None);
        _store.IsFailing = true;
        var wait = _reader.WaitAsync(CancellationToken.None);
        await AdvanceUntilAsync(wait);

        await Assert.ThrowsAsync<ReplyStoreException>(() => wait);
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            Advance();
            await Task.Yield();
        }
    }

    private void Advance() => _time.Advance(TimeSpan.FromMilliseconds(50));

    private Task EndAsync(ReplyStatus status, int parts) => _store.EndAsync(
        Key, "g", new ReplyEnding(status, parts, _time.GetUtcNow(), []), _time.GetUtcNow().AddDays(30), CancellationToken.None);

    private Task CreateAsync() => _store.CreateAsync(
        Key, new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow() + Settings.Lease, _time.GetUtcNow().AddDays(30)),
        "{}"u8.ToArray(), CancellationToken.None);

    private Task AppendAsync(int number)
    {
        var buffer = new ByteBuffer(16);
        new ChunkEncoder().Write("chunk"u8, buffer);
        return _store.AppendAsync(
            Key, new ReplyPart(number, buffer.Span.ToArray(), _time.GetUtcNow() + Settings.Lease), CancellationToken.None);
    }
}
