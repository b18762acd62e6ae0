using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

/// <summary>Limits of a model that several callers share: the reservations of one caller, and the rest for the others.</summary>
public sealed class SharedLimitTests
{
    private static readonly Model Model = new("r1", [], "") { Prices = new ModelPrices(Input: 1, Output: 1) };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 3, 0, 0, TimeSpan.Zero));
    private readonly LocalUsageCounters _counters;

    public SharedLimitTests() => _counters = new LocalUsageCounters(_time);

    public static TheoryData<string> TokenKinds =>
        [nameof(LimitKind.TokensPerMinute), nameof(LimitKind.TokensPerDay), nameof(LimitKind.TokensPerMonth),
            nameof(LimitKind.CostPerMonth)];

    [Theory]
    [MemberData(nameof(TokenKinds))]
    public void OneHugeReservation_OtherCallersAreAllowed(string kind)
    {
        var limits = Limits(kind);
        Assert.Null(Take("a", limits, 4_200_000_000));

        Assert.Null(Take("b", limits, 10));
    }

    [Theory]
    [MemberData(nameof(TokenKinds))]
    public void OneHugeReservation_ItsCallerIsRejectedForSeconds(string kind)
    {
        var limits = Limits(kind);
        Assert.Null(Take("a", limits, 4_200_000_000));

        var exceeded = Take("a", limits, 10)!;

        Assert.Equal((kind, true, TimeSpan.FromSeconds(2)), (exceeded.Kind.ToString(), exceeded.IsReserved, exceeded.Wait));
    }

    [Fact]
    public void ManyReservationsOfOneCaller_CountAsOneShare()
    {
        var limits = Limits(nameof(LimitKind.TokensPerDay));
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(Take("a", limits, 9_000)); // 180,000 of 200,000.
        }

        for (var i = 0; i < 18; i++)
        {
            Assert.Null(Take("b", limits, 10_000)); // The share of the first caller is 20,000, so 190,000 count before the last one.
        }

        Assert.True(Take("c", limits, 1) is null, "The shares of two callers are a fifth of the limit.");
    }

    [Fact]
    public void ReservationsOfTenCallers_RejectForSeconds()
    {
        var limits = Limits(nameof(LimitKind.TokensPerDay));
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(Take($"a{i}", limits, 1_000_000));
        }

        Assert.Equal((true, TimeSpan.FromSeconds(2)), Take("b", limits, 10) is { } exceeded
            ? (exceeded.IsReserved, exceeded.Wait)
            : default);
    }

    [Fact]
    public void UsedLimit_RejectsUntilTheWindowEnds()
    {
        var limits = Limits(nameof(LimitKind.TokensPerDay));
        var reservation = Create("a", limits, 10);
        Assert.Null(_counters.TryTake(reservation));
        _counters.Settle(reservation, Usage.Of(Model, 0, 200_000));

        var exceeded = Take("b", limits, 10)!;

        Assert.Equal((false, TimeSpan.FromHours(21)), (exceeded.IsReserved, exceeded.Wait));
    }

    [Fact]
    public void SettledReservations_LeaveTheActualUsage()
    {
        var limits = Limits(nameof(LimitKind.TokensPerDay));
        List<Reservation> taken = [.. Enumerable.Range(0, 20).Select(i => Create($"a{i % 3}", limits, i % 2 == 0 ? 9_000 : 30))];
        foreach (var reservation in taken)
        {
            Assert.Null(_counters.TryTake(reservation));
        }

        taken.ForEach(reservation => _counters.Settle(reservation, Usage.Of(Model, 0, 100)));

        var last = Create("z", limits, 1);
        Assert.Null(_counters.TryTake(last));
        Assert.Equal(new Usage(21, 2001, 0.002001m), Assert.Single(last.Windows).Seen);
    }

    [Fact]
    public void TableRejection_OfReservations_IsRememberedForItsCallerOnly()
    {
        var limits = Limits(nameof(LimitKind.TokensPerDay));
        var reservation = Create("a", limits, 10);

        _counters.Remember(reservation,
            LimitExceeded.Of(reservation.Windows[0], LimitKind.TokensPerDay, isReserved: true, _time.GetUtcNow()));

        Assert.True(Take("a", limits, 10)!.IsReserved);
        Assert.Null(Take("b", limits, 10));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Take("a", limits, 10));
    }

    [Fact]
    public void TableRejection_OfUsage_IsRememberedForAllCallers()
    {
        var limits = Limits(nameof(LimitKind.TokensPerDay));
        var reservation = Create("a", limits, 10);

        _counters.Remember(reservation,
            LimitExceeded.Of(reservation.Windows[0], LimitKind.TokensPerDay, isReserved: false, _time.GetUtcNow()));

        Assert.Equal((false, TimeSpan.FromHours(21)), Take("b", limits, 10) is { } exceeded
            ? (exceeded.IsReserved, exceeded.Wait)
            : default);
    }

    [Theory]
    [InlineData("""{"tokensPerDay":1000}""", null, null, null, "tokensPerDay")]
    [InlineData("""{"tokensPerDay":1000}""", """{"tokensPerDay":100}""", 16, 1, "")]
    [InlineData("""{"tokensPerDay":1000}""", """{"tokensPerDay":100}""", null, 1, "tokensPerDay")]
    [InlineData("""{"tokensPerDay":1000}""", """{"tokensPerDay":100}""", 16, null, "tokensPerDay")]
    [InlineData("""{"tokensPerDay":1000}""", """{"tokensPerDay":1000}""", 16, 1, "tokensPerDay")]
    [InlineData("""{"tokensPerDay":1000}""", """{"tokensPerMonth":100}""", 16, 1, "tokensPerDay")]
    [InlineData("""{"streams":4,"requestsPerMinute":10}""", """{"streams":1}""", null, null, "requestsPerMinute")]
    [InlineData("""{"streams":4}""", """{"streams":1}""", null, null, "")]
    [InlineData("""{"costPerMonth":4}""", """{"costPerMonth":1}""", 16, 1, "")]
    public void FindUnsafe_EachLimit_NeedsASmallerOneAndBounds(
        string ofModel, string? ofKeys, int? maxTokens, int? maxChoices, string expected)
    {
        var model = Model with { MaxTokens = maxTokens, MaxChoices = maxChoices };
        LimitSet[] keys = ofKeys is null ? [] : [LimitSet.Parse(ofKeys, "keys")];

        var found = SharedLimitCheck.FindUnsafe(model, LimitSet.Parse(ofModel, "model"), keys, hasDefault: ofKeys is not null);

        Assert.Equal(expected, string.Join(',', found));
    }

    [Fact]
    public void FindUnsafe_KeysWithoutDefault_AreUnlimited() => Assert.Equal(
        ["streams"],
        SharedLimitCheck.FindUnsafe(Model, new LimitSet { Streams = 4 }, [new LimitSet { Streams = 1 }], hasDefault: false));

    [Fact]
    public void FindUnsafe_ModelThatGeneratesNothing_NeedsNoBounds() => Assert.Empty(
        SharedLimitCheck.FindUnsafe(Model with { Tasks = ModelTasks.Embeddings }, new LimitSet { TokensPerDay = 4 },
            [new LimitSet { TokensPerDay = 1 }], hasDefault: true));

    private static LimitSet Limits(string kind) => Enum.Parse<LimitKind>(kind) switch
    {
        LimitKind.TokensPerMinute => new LimitSet { TokensPerMinute = 200_000 },
        LimitKind.TokensPerDay => new LimitSet { TokensPerDay = 200_000 },
        LimitKind.TokensPerMonth => new LimitSet { TokensPerMonth = 200_000 },
        _ => new LimitSet { CostPerMonth = 0.2m },
    };

    private LimitExceeded? Take(string caller, LimitSet ofModel, long completion) => _counters.TryTake(Create(caller, ofModel, completion));

    private Reservation Create(string caller, LimitSet ofModel, long completion) =>
        Reservation.Of(LimitPartition.OfKey(caller), ofKey: null, ofModel, Model, new TokenEstimate(0, completion), _time.GetUtcNow());
}
