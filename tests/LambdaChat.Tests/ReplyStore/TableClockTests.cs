using LambdaChat.ReplyStore;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.ReplyStore;

/// <summary>Processes whose clocks differ have the time of their table.</summary>
public sealed class TableClockTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly ScriptedTable _table = new() { Time = () => Now };
    private readonly FakeTimeProvider _own = new(Now);

    [Theory]
    [InlineData(-240, 0)]
    [InlineData(-4, 0)]
    [InlineData(-2, -2)] // The table's time has whole seconds, so a small difference says nothing.
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(4, 0)]
    [InlineData(240, 0)]
    public async Task Time_OfAProcessWithAnotherClock_IsThatOfTheTable(int difference, int expected)
    {
        var store = CreateStore(difference);

        var time = await store.GetTimeAsync(CancellationToken.None);
        await store.GetTimeAsync(CancellationToken.None);

        Assert.Equal(Now.AddSeconds(expected), time);
        Assert.Equal(1, _table.Calls); // Every response sets the clock.
    }

    [Fact]
    public async Task Time_OfAnyCall_IsThatOfTheTable()
    {
        var store = CreateStore(240);
        await store.CancelAsync(ReplyKey.Of("a", "resp_1"), CancellationToken.None);

        Assert.Equal((Now, 1), (await store.GetTimeAsync(CancellationToken.None), _table.Calls));
    }

    /// <summary>Lambda suspends a process between two invocations, also during a call.</summary>
    [Fact]
    public async Task Time_OfAResponseThatWasReadLate_IsNotUsed()
    {
        _table.Time = () =>
        {
            _own.Advance(TimeSpan.FromSeconds(2.5));
            return Now.AddSeconds(-240);
        };

        Assert.Equal(Now.AddSeconds(2.5), await CreateStore(0).GetTimeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Time_WithoutOneInTheResponse_IsThatOfTheProcess()
    {
        _table.Time = null;

        Assert.Equal(Now.AddSeconds(240), await CreateStore(240).GetTimeAsync(CancellationToken.None));
    }

    public void Dispose() => _table.Dispose();

    private TableReplyStore CreateStore(int difference)
    {
        var clock = difference == 0 ? _own : new FakeTimeProvider(Now.AddSeconds(difference));
        return new TableReplyStore(_table.CreateTable(), new ReplyStoreSettings(TimeSpan.FromMinutes(10)), clock);
    }
}
