using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

public sealed class LedgerTests
{
    private static readonly Model Model = new("r1", [], "") { Prices = new ModelPrices(Input: 1, Output: 4) };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 23, 59, 48, TimeSpan.Zero));
    private readonly Ledger _ledger;

    public LedgerTests() => _ledger = new Ledger(_time);

    [Fact]
    public void Requests_OfAMinute_AreRefusedUntilItIsOver()
    {
        var limits = new LimitSet { RequestsPerMinute = 2 };
        Assert.Null(Take(limits));
        Assert.Null(Take(limits));

        var refusal = Take(limits)!;

        Assert.Equal((LimitKind.RequestsPerMinute, 2, TimeSpan.FromSeconds(12)), (refusal.Kind, refusal.Most, refusal.Wait));
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
        var booking = Book(limits, prompt: 50, completion: 50);
        Assert.Null(_ledger.TryTake(booking));
        Assert.NotNull(Take(limits));

        _ledger.Settle(booking, Spent.Of(Model, prompt: 40, completion: 59));

        Assert.Null(Take(limits));
        Assert.NotNull(Take(limits));
    }

    [Fact]
    public void Settle_ReplyUnderWay_MakesRoomForAnother()
    {
        var limits = new LimitSet { Streams = 1 };
        var booking = Book(limits);
        Assert.Null(_ledger.TryTake(booking));
        Assert.Equal(LimitKind.Streams, Take(limits)!.Kind);

        _ledger.Settle(booking, Spent.Nothing);

        Assert.Null(Take(limits));
    }

    [Fact]
    public void TryTake_OneOfTwoRefuses_TakesNothing()
    {
        var (key, model) = (new LimitSet { RequestsPerMinute = 1 }, new LimitSet { TokensPerDay = 1 });
        Assert.Null(_ledger.TryTake(Of([new(Subject.OfModel("r1"), model)])));

        var refusal = _ledger.TryTake(Of([new(Subject.OfKey("a"), key), new(Subject.OfModel("r1"), model)]))!;

        Assert.Equal((Subject.OfModel("r1"), LimitKind.TokensPerDay), (refusal.Subject, refusal.Kind));
        Assert.Null(Take(key));
    }

    [Fact]
    public void Keys_HaveTheirOwn()
    {
        var limits = new LimitSet { RequestsPerMinute = 1 };

        Assert.Null(_ledger.TryTake(Of([new(Subject.OfKey("a"), limits)])));
        Assert.Null(_ledger.TryTake(Of([new(Subject.OfKey("b"), limits)])));
        Assert.Null(_ledger.TryTake(Of([new(Subject.OfKey(null), limits)])));
        Assert.NotNull(_ledger.TryTake(Of([new(Subject.OfKey("a"), limits)])));
    }

    [Fact]
    public void Accounts_OfManyCallers_AreBounded()
    {
        var ledger = new Ledger(_time, capacity: 100);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(ledger.TryTake(Of([new(Subject.OfKey($"caller-{i}"), new LimitSet { RequestsPerMinute = 1, TokensPerDay = 1000 })])));
            Assert.InRange(ledger.Count, 1, 100);
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

    private Refusal? Take(LimitSet limits, int prompt = 1, int completion = 0) => _ledger.TryTake(Book(limits, prompt, completion));

    private Booking Book(LimitSet limits, int prompt = 1, int completion = 0) =>
        Booking.Of([new(Subject.OfKey("a"), limits)], Model, new TokenEstimate(prompt, completion), _time.GetUtcNow());

    private Booking Of(KeyValuePair<Subject, LimitSet>[] limits) => Booking.Of(limits, Model, new TokenEstimate(1, 0), _time.GetUtcNow());
}
