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
    public void RequestsPerMinute_Reached_IsRejectedUntilTheMinuteEnds()
    {
        var limits = new LimitSet { RequestsPerMinute = 2 };
        Assert.Null(Take(limits));
        Assert.Null(Take(limits));

        var exceeded = Take(limits)!;

        Assert.Equal((LimitKind.RequestsPerMinute, 2, TimeSpan.FromSeconds(12)), (exceeded.Kind, exceeded.Maximum, exceeded.Wait));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Null(Take(limits));
    }

    [Theory]
    [InlineData(nameof(LimitKind.TokensPerMinute), 12)]
    [InlineData(nameof(LimitKind.TokensPerDay), 12)]
    [InlineData(nameof(LimitKind.TokensPerMonth), 12)]
    [InlineData(nameof(LimitKind.CostPerMonth), 12)]
    public void Quota_Reserved_IsRejectedUntilItsWindowEnds(string kind, int seconds)
    {
        var limits = Limits(kind);
        Assert.Null(Take(limits, prompt: 60, completion: 10));
        Assert.Null(Take(limits, prompt: 60, completion: 10)); // The last request that is allowed may exceed the limit.

        Assert.Equal(kind, Take(limits)!.Kind.ToString());
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null(Take(limits));
    }

    [Fact]
    public void Settle_LessThanReserved_ReturnsTheRest()
    {
        var limits = new LimitSet { TokensPerDay = 100 };
        var reservation = Create(limits, prompt: 50, completion: 50);
        Assert.Null(_counters.TryTake(reservation));
        Assert.NotNull(Take(limits));

        _counters.Settle(reservation, Usage.Of(Model, prompt: 40, completion: 59));

        Assert.Null(Take(limits));
        Assert.NotNull(Take(limits));
    }

    [Fact]
    public void Settle_Stream_MakesRoomForAnother()
    {
        var limits = new LimitSet { Streams = 1 };
        var reservation = Create(limits);
        Assert.Null(_counters.TryTake(reservation));
        Assert.Equal(LimitKind.Streams, Take(limits)!.Kind);

        _counters.Settle(reservation, Usage.Nothing);

        Assert.Null(Take(limits));
    }

    [Fact]
    public void TryTake_OneOfTwoRejects_TakesNothing()
    {
        var (key, model) = (new LimitSet { RequestsPerMinute = 1 }, new LimitSet { TokensPerDay = 1 });
        Assert.Null(_counters.TryTake(Create("b", ofKey: null, model)));

        var exceeded = _counters.TryTake(Create("b", key, model))!;

        Assert.Equal((LimitPartition.OfModel("r1"), LimitKind.TokensPerDay), (exceeded.Owner, exceeded.Kind));
        Assert.Null(Take(key));
    }

    [Fact]
    public void TryTake_EachKey_HasItsOwnCounters()
    {
        var limits = new LimitSet { RequestsPerMinute = 1 };

        Assert.Null(_counters.TryTake(Create("a", limits)));
        Assert.Null(_counters.TryTake(Create("b", limits)));
        Assert.Null(_counters.TryTake(Create(name: null, limits)));
        Assert.NotNull(_counters.TryTake(Create("a", limits)));
    }

    [Fact]
    public void TryTake_ManyCallers_CountIsBounded()
    {
        var counters = new LocalUsageCounters(_time, capacity: 100);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(counters.TryTake(Create($"caller-{i}", new LimitSet { RequestsPerMinute = 1, TokensPerDay = 1000 })));
            Assert.InRange(counters.Count, 1, 100);
        }
    }

    [Fact]
    public void TryTake_Concurrently_AllowsTheLimit()
    {
        var limits = new LimitSet { RequestsPerMinute = 20 };
        var entered = 0;

        Parallel.For(0, 64, _ => Interlocked.Add(ref entered, Take(limits) is null ? 1 : 0));

        Assert.Equal(20, entered);
    }

    [Fact]
    public void Settle_AfterItsWindowWasDropped_CountsTheUsageOnce()
    {
        var counters = new LocalUsageCounters(_time, capacity: 1);
        var limits = new LimitSet { TokensPerDay = 100 };
        var reservation = Create("a", limits, prompt: 50, completion: 40);
        Assert.Null(counters.TryTake(reservation));
        Assert.Null(counters.TryTake(Create("b", limits)));
        Assert.Equal(1, counters.Count);

        counters.Settle(reservation, Usage.Of(Model, prompt: 99, completion: 0));

        Assert.Null(counters.TryTake(Create("a", limits)));
        Assert.Equal(LimitKind.TokensPerDay, counters.TryTake(Create("a", limits))!.Kind); // 99 used, and not 99 less 90.
    }

    [Fact]
    public void TryTake_ManyCallers_KeepsWindowsWithReservations()
    {
        var counters = new LocalUsageCounters(_time, capacity: 10);
        var limits = new LimitSet { TokensPerDay = 100 };
        Assert.Null(counters.TryTake(Create("a", limits, prompt: 100)));

        for (var i = 0; i < 100; i++)
        {
            var reservation = Create($"caller-{i}", limits);
            Assert.Null(counters.TryTake(reservation));
            counters.Settle(reservation, Usage.OneRequest);
        }

        Assert.NotNull(counters.TryTake(Create("a", limits)));
    }

    // As src/docs/limits.md says.
    [Fact]
    public void SharedLimit_OfTenCallersAtTheSameTime_ReachesFiveAndAHalfTimesItself()
    {
        var shared = new LimitSet { TokensPerDay = 1000 };

        var reserved = Enumerable.Range(1, 11).Select(caller =>
            10 * Enumerable.Range(0, 200)
                .Count(_ => _counters.TryTake(Create($"caller-{caller}", ofKey: null, shared, prompt: 10)) is null));

        Assert.Equal([1000, 900, 800, 700, 600, 500, 400, 300, 200, 100, 0], reserved);
    }

    private static LimitSet Limits(string kind) => Enum.Parse<LimitKind>(kind) switch
    {
        LimitKind.TokensPerMinute => new LimitSet { TokensPerMinute = 100 },
        LimitKind.TokensPerDay => new LimitSet { TokensPerDay = 100 },
        LimitKind.TokensPerMonth => new LimitSet { TokensPerMonth = 100 },
        _ => new LimitSet { CostPerMonth = 0.000_150m }, // One such request costs 0.0001.
    };

    private LimitExceeded? Take(LimitSet limits, int prompt = 1, int completion = 0) =>
        _counters.TryTake(Create(limits, prompt, completion));

    private Reservation Create(LimitSet limits, int prompt = 1, int completion = 0) =>
        Create("a", limits, ofModel: null, prompt, completion);

    private Reservation Create(string? name, LimitSet? ofKey, LimitSet? ofModel = null, long prompt = 1, long completion = 0) =>
        Reservation.Of(LimitPartition.OfKey(name), ofKey, ofModel, Model, new TokenEstimate(prompt, completion), _time.GetUtcNow());
}
