using LambdaChat.Api.Replies;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Limits;

public sealed class LimitExceededTests
{
    [Theory]
    [InlineData(nameof(LimitKind.RequestsPerMinute), 12, "requests", "rate_limit_exceeded", false,
        "Rate limit exceeded: 5 requests per minute for this key. Try again in 12s.")]
    [InlineData(nameof(LimitKind.TokensPerMinute), 12, "tokens", "rate_limit_exceeded", false,
        "Rate limit exceeded: 5 tokens per minute for this key. Try again in 12s.")]
    [InlineData(nameof(LimitKind.TokensPerDay), 7262, "insufficient_quota", "insufficient_quota", true,
        "Quota exceeded: 5 tokens per day for this key. The quota resets in 2h1m2s.")]
    [InlineData(nameof(LimitKind.TokensPerMonth), 120, "insufficient_quota", "insufficient_quota", false,
        "Quota exceeded: 5 tokens per month for this key. The quota resets in 2m0s.")]
    [InlineData(nameof(LimitKind.CostPerMonth), 7262, "insufficient_quota", "insufficient_quota", true,
        "Quota exceeded: a cost of 5 per month for this key. The quota resets in 2h1m2s.")]
    [InlineData(nameof(LimitKind.Streams), 2, "requests", "rate_limit_exceeded", false,
        "Rate limit exceeded: 5 concurrent replies for this key. Try again when a reply has ended.")]
    public void ToFailure_EachLimit_HasAMessageWithoutTheKey(
        string kind, int seconds, string type, string code, bool isUseless, string message)
    {
        var wait = TimeSpan.FromSeconds(seconds);

        var failure = new LimitExceeded(LimitPartition.OfKey("alice"), Enum.Parse<LimitKind>(kind), 5, wait).ToFailure();

        Assert.Equal(new ApiError(429, type, code, message) { RetryAfter = wait, IsRetryUseless = isUseless }, failure.ToError());
        Assert.Equal($"key {kind}", failure.Detail);
    }

    [Fact]
    public void ToFailure_OnlyReserved_CanBeRetriedInSeconds()
    {
        var now = new DateTimeOffset(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);
        var window = new UsageWindow(LimitPartition.OfModel("r1"), Window.Day, now, LimitPartition.OfKey("alice")) { Tokens = 200_000 };

        var error = LimitExceeded.Of(window, LimitKind.TokensPerDay, isReserved: true, now).ToFailure().ToError();

        Assert.Equal((TimeSpan.FromSeconds(2), false), (error.RetryAfter, error.IsRetryUseless));
        Assert.Equal(("tokens", "rate_limit_exceeded"), (error.Type, error.Code));
        Assert.Equal(
            "Rate limit exceeded: replies in progress have reserved the rest of 200000 tokens per day for the model `r1`, shared by all " +
                "callers. Try again in 2s.",
            error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_AWindowThatHasEnded_WaitsForNoNegativeTime(bool isReserved)
    {
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 59, 900, TimeSpan.Zero);
        var window = new UsageWindow(LimitPartition.OfKey("alice"), Window.Minute, now) { Requests = 5 };

        var exceeded = LimitExceeded.Of(window, LimitKind.RequestsPerMinute, isReserved, now.AddSeconds(1.5)); // The table was slow.

        Assert.Equal(TimeSpan.FromMilliseconds(1), exceeded.ToFailure().ToError().RetryAfter);
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(17, "17ms")]
    [InlineData(1000, "1s")]
    [InlineData(8640, "8.64s")]
    [InlineData(59_999, "59.999s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(86_399_000, "23h59m59s")]
    [InlineData(2_591_999_001, "720h0m0s")]
    public void GoDuration_Format_MatchesOpenAI(long milliseconds, string text) =>
        Assert.Equal(text, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void TableDecision_Each_HasAName() => Assert.Equal(
        [("None", "none", true), ("InTime", "in-time", true), ("Refused", "refused", false), ("LateOpen", "late-open", true),
            ("LateClosed", "late-closed", false), ("FailedOpen", "failed-open", true), ("FailedClosed", "failed-closed", false)],
        Enum.GetValues<TableDecision>().Select(decision => (decision.ToString(), decision.Name(), decision.IsOpen())));

    [Theory]
    [InlineData(nameof(Window.Minute), "MINUTE#2026-12-31T23:59", "2027-01-01T00:00:00Z")]
    [InlineData(nameof(Window.Day), "DAY#2026-12-31", "2027-01-01T00:00:00Z")]
    [InlineData(nameof(Window.Month), "MONTH#2026-12", "2027-01-01T00:00:00Z")]
    public void Window_Each_HasNameAndEndInUtc(string window, string id, string end)
    {
        var time = new DateTimeOffset(2027, 1, 1, 7, 59, 59, TimeSpan.FromHours(8));

        Assert.Equal((id, DateTimeOffset.Parse(end, null)), (Enum.Parse<Window>(window).Id(time), Enum.Parse<Window>(window).End(time)));
    }

    [Fact]
    public void Headers_KeyAndModel_DescribeTheKey()
    {
        var now = new DateTimeOffset(2026, 11, 22, 20, 58, 51, 360, TimeSpan.Zero);
        var reservation = Reservation.Of(
            LimitPartition.OfKey("a"),
            new LimitSet { RequestsPerMinute = 60, TokensPerDay = 1000 },
            new LimitSet { RequestsPerMinute = 5, TokensPerMinute = 7 },
            new Model("r1", [], ""),
            new TokenEstimate(100, 300),
            now);
        Assert.Null(new LocalUsageCounters(TimeProvider.System).TryTake(reservation));
        var headers = new HeaderDictionary();

        RateLimitHeaders.Write(headers, reservation, now);

        Assert.Equal(
            "x-ratelimit-limit-requests: 60, x-ratelimit-limit-tokens: 1000, x-ratelimit-remaining-requests: 59, " +
                "x-ratelimit-remaining-tokens: 600, x-ratelimit-reset-requests: 8.64s, x-ratelimit-reset-tokens: 3h1m9s",
            string.Join(", ",
                headers.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {header.Value}")));
    }

    [Fact]
    public void Partition_LongName_FitsAPartitionKey()
    {
        Assert.Equal("SPENT#key#alice", LimitPartition.OfKey("alice").Key);
        Assert.Equal(74, LimitPartition.OfKey(new string('x', 5000)).Key.Length);
    }
}
