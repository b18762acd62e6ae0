using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

public sealed class LocalUsageCountersTests
{
    private static readonly Model Model = new("r1", [], "") { Prices = new ModelPrices(Input: 1, Output: 4) };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 23, 59, 48, TimeSpan.Zero));
    private readonly LocalUsageCounters _counters;

    public LocalUsageCountersTests() => _counters = new LocalUsageCounters(_time);

    [Fact]
    public void Requests_OfAMinute_AreRefusedUntilItIsOver()
    {
        var limits = new LimitSet { RequestsPerMinute = 2 };
        Assert.Null(Take(limits));
        Assert.Null(Take(limits));

        var exceeded = Take(limits)!;

        Assert.Equal((LimitKind.RequestsPerMinute, 2, TimeSpan.FromSeconds(12)), (exceeded.Kind, exceeded.Most, exceeded.Wait));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Null(Take(limits));
    }

    [Theory]
    [InlineData(nameof(LimitKind.TokensPerMinute), 12)]
    [InlineData(nameof(LimitKind.TokensPerDay), 12)]
    [InlineData(nameof(LimitKind.TokensPerMonth), 12)]
    [InlineData(nameof(LimitKind.CostPerMonth), 12)]
    public void Budget_ReservedWhole_LeavesNoRoomUntilItsWindowIsOver(string kind, int seconds)
    {
        var limits = Limits(kind);
        Assert.Null(Take(limits, prompt: 60, completion: 10));
        Assert.Null(Take(limits, prompt: 60, completion: 10)); // The last one in may pass the limit by itself.

        Assert.Equal(kind, Take(limits)!.Kind.ToString());
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null(Take(limits));
    }

    [Fact]
    public void Settle_LessThanReserved_GivesTheRestBack()
    {
        var limits = new LimitSet { TokensPerDay = 100 };
        var reservation = Book(limits, prompt: 50, completion: 50);
        Assert.Null(_counters.TryTake(reservation));
        Assert.NotNull(Take(limits));

        _counters.Settle(reservation, Usage.Of(Model, prompt: 40, completion: 59));

        Assert.Null(Take(limits));
        Assert.NotNull(Take(limits));
    }

    [Fact]
    public void Settle_ReplyUnderWay_MakesRoomForAnother()
    {
        var limits = new LimitSet { Streams = 1 };
        var reservation = Book(limits);
        Assert.Null(_counters.TryTake(reservation));
        Assert.Equal(LimitKind.Streams, Take(limits)!.Kind);

        _counters.Settle(reservation, Usage.Nothing);

        Assert.Null(Take(limits));
    }

    [Fact]
    public void TryTake_OneOfTwoRefuses_TakesNothing()
    {
        var (key, model) = (new LimitSet { RequestsPerMinute = 1 }, new LimitSet { TokensPerDay = 1 });
        Assert.Null(_counters.TryTake(Of([new(LimitPartition.OfModel("r1"), model)])));

        var exceeded = _counters.TryTake(Of([new(LimitPartition.OfKey("a"), key), new(LimitPartition.OfModel("r1"), model)]))!;

        Assert.Equal((LimitPartition.OfModel("r1"), LimitKind.TokensPerDay), (exceeded.Subject, exceeded.Kind));
        Assert.Null(Take(key));
    }

    [Fact]
    public void Keys_HaveTheirOwn()
    {
        var limits = new LimitSet { RequestsPerMinute = 1 };

        Assert.Null(_counters.TryTake(Of([new(LimitPartition.OfKey("a"), limits)])));
        Assert.Null(_counters.TryTake(Of([new(LimitPartition.OfKey("b"), limits)])));
        Assert.Null(_counters.TryTake(Of([new(LimitPartition.OfKey(null), limits)])));
        Assert.NotNull(_counters.TryTake(Of([new(LimitPartition.OfKey("a"), limits)])));
    }

    [Fact]
    public void Accounts_OfManyCallers_AreBounded()
    {
        var counters = new LocalUsageCounters(_time, capacity: 100);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(counters.TryTake(Of([new(LimitPartition.OfKey($"caller-{i}"), new LimitSet { RequestsPerMinute = 1, TokensPerDay = 1000 })])));
            Assert.InRange(counters.Count, 1, 100);
        }
    }

    [Fact]
    public void TryTake_ManyAtOnce_LetsInAsManyAsThereIsRoomFor()
    {
        var limits = new LimitSet { RequestsPerMinute = 20 };
        var entered = 0;

        Parallel.For(0, 64, _ => Interlocked.Add(ref entered, Take(limits) is null ? 1 : 0));

        Assert.Equal(20, entered);
    }

    private static LimitSet Limits(string kind) => Enum.Parse<LimitKind>(kind) switch
    {
        LimitKind.TokensPerMinute => new LimitSet { TokensPerMinute = 100 },
        LimitKind.TokensPerDay => new LimitSet { TokensPerDay = 100 },
        LimitKind.TokensPerMonth => new LimitSet { TokensPerMonth = 100 },
        _ => new LimitSet { CostPerMonth = 0.000_150m }, // One such request costs 0.0001.
    };

    private LimitExceeded? Take(LimitSet limits, int prompt = 1, int completion = 0) => _counters.TryTake(Book(limits, prompt, completion));

    private Reservation Book(LimitSet limits, int prompt = 1, int completion = 0) =>
        Reservation.Of([new(LimitPartition.OfKey("a"), limits)], Model, new TokenEstimate(prompt, completion), _time.GetUtcNow());

    private Reservation Of(KeyValuePair<LimitPartition, LimitSet>[] limits) => Reservation.Of(limits, Model, new TokenEstimate(1, 0), _time.GetUtcNow());
}
