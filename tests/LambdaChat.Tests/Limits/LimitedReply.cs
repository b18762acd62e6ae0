using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.Limits;

/// <summary>The lease of one reply whose key has a limit of tokens, and what the reply has cost.</summary>
internal sealed class LimitedReply : IAsyncDisposable
{
    private static readonly LimitSet Limits = new() { TokensPerDay = long.MaxValue };

    private readonly TimeProvider _time;
    private readonly Model _model;
    private readonly LocalUsageCounters _counters;

    public LimitedReply(TimeProvider time, Model model, TokenEstimate estimate)
    {
        (_time, _model, _counters) = (time, model, new LocalUsageCounters(time));
        var settings = LimitSettings.Read(new ConfigurationBuilder().Build());
        Lease = new UsageLease(Reserve(estimate), _counters, shared: null, settings, time, "request", NullLogger.Instance);
    }

    public UsageLease Lease { get; }

    /// <summary>Settles the lease, and returns the tokens of the day.</summary>
    public async Task<long> SettleAsync()
    {
        await Lease.DisposeAsync();
        var next = Reserve(new TokenEstimate(0, 0));
        Assert.Null(_counters.TryTake(next));
        return Assert.Single(next.Windows).Seen.Tokens;
    }

    public ValueTask DisposeAsync() => Lease.DisposeAsync();

    private Reservation Reserve(TokenEstimate estimate) =>
        Reservation.Of(LimitPartition.OfKey("a"), Limits, ofModel: null, _model, estimate, _time.GetUtcNow());
}
