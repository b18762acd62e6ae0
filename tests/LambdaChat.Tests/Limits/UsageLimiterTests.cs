using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

/// <summary>The limits that a key has in the table.</summary>
public sealed class UsageLimiterTests : IDisposable
{
    private static readonly Model Free = new("free", [], "");
    private static readonly Model Priced = new("priced", [], "") { Prices = new ModelPrices(1, 2) };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly LoggedMessages _log = new();
    private readonly LoggerFactory _loggers;
    private readonly UsageLimiter _limiter;

    public UsageLimiterTests()
    {
        _loggers = new LoggerFactory([_log]);
        _limiter = new UsageLimiter(
            LimitSettings.Read(new ConfigurationBuilder().Build()), new LocalUsageCounters(_time), _time,
            _loggers.CreateLogger<UsageLimiter>());
    }

    /// <summary>Without prices the cost would be zero, and the limit never reached.</summary>
    [Fact]
    public void Reserve_CostLimitOfAKeyForAModelWithoutPrices_IsAnInvalidLimit()
    {
        var caller = new LimitedCaller("alice", "alice", """{"costPerMonth":25}""");

        var error = Assert.Throws<ErrorResponseException>(() => Reserve(caller, Free)).Error;
        var lease = Reserve(caller, Priced);

        Assert.Equal((503, "limits_unavailable"), (error.Status, error.Code));
        Assert.Null(lease!.Failure);
        Assert.Equal(
            [
                "Request r was rejected, because the limits of the key alice in TABLE are invalid: " +
                "limits.costPerMonth requires prices of the model free in MODELS.",
            ],
            _log.TakeAll(LogLevel.Error));
    }

    [Fact]
    public void Reserve_OtherLimitsOfAKey_NeedNoPrices() =>
        Assert.Null(Reserve(new LimitedCaller("alice", "alice", """{"tokensPerDay":1000}"""), Free)!.Failure);

    /// <summary>Two callers can have the same name in logs.</summary>
    [Fact]
    public void Place_OfACallerWithTheSameName_IsAnother()
    {
        const string Limits = """{"requestsPerMinute":1,"streams":1}""";
        var (first, second) = (new LimitedCaller("iam:a-12", "iam:a-1", Limits), new LimitedCaller("iam:a-13", "iam:a-1", Limits));

        using var place = _limiter.ReservePlace(new DefaultHttpContext().Response, first);
        using var other = _limiter.ReservePlace(new DefaultHttpContext().Response, second);

        Assert.NotNull(other);
        Assert.Null(Reserve(second with { Limits = """{"tokensPerDay":1000}""" }, Free)!.Failure);
        Assert.Throws<ErrorResponseException>(() => _limiter.ReservePlace(new DefaultHttpContext().Response, first));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Place_AtItsEnd_CountsOnlyIfItIsToCount(bool isCounted, bool isFree)
    {
        var caller = new LimitedCaller("alice", "alice", """{"requestsPerMinute":1,"streams":1}""");
        using (var place = _limiter.ReservePlace(new DefaultHttpContext().Response, caller)!)
        {
            place.IsCounted = isCounted;
        }

        Assert.Equal(isFree, Reserve(caller, Free)!.Failure is null);
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
    }

    private UsageLease? Reserve(LimitedCaller caller, Model model) =>
        _limiter.Reserve(new DefaultHttpContext { TraceIdentifier = "r" }.Response, caller, model, static () => new TokenEstimate(1, 1));
}
