using LambdaChat.Api.Replies.Stored;
using LambdaChat.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class ReaderLimitTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Fact]
    public void Reads_AtOnce_AreLimitedForEachCaller()
    {
        var limit = new ReaderLimit(_time);
        var reads = Enumerable.Range(0, ReaderLimit.MaximumAtOnce).Select(_ => limit.Start("a", isStop: false)).ToList();

        var refused = Assert.Throws<ErrorResponseException>(() => limit.Start("a", isStop: false));
        limit.Start("b", isStop: false).Dispose();
        reads[0].Dispose();
        limit.Start("a", isStop: false).Dispose();

        Assert.Equal((429, "rate_limit_exceeded"), (refused.Error.Status, refused.Error.Code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stop_NeedsNoPlaceOfAReader(bool isStop)
    {
        var limit = new ReaderLimit(_time);
        for (var i = 0; i < ReaderLimit.MaximumAtOnce; i++)
        {
            limit.Start("a", !isStop);
        }

        limit.Start("a", isStop).Dispose();
        var refused = Assert.Throws<ErrorResponseException>(() => limit.Start("a", !isStop));

        Assert.Equal(
            $"Rate limit exceeded: 32 {(isStop ? "reads" : "stops")} of stored replies at a time, 600 per minute.", refused.Error.Message);
    }

    [Fact]
    public void Reads_OfAMinute_AreLimited()
    {
        var limit = new ReaderLimit(_time);
        for (var i = 0; i < ReaderLimit.MaximumPerMinute; i++)
        {
            limit.Start(null, isStop: false).Dispose();
        }

        Assert.Throws<ErrorResponseException>(() => limit.Start(null, isStop: false));
        _time.Advance(TimeSpan.FromMinutes(1));
        limit.Start(null, isStop: false).Dispose();
    }

    [Fact]
    public void Clock_SetBack_BeginsAMinute()
    {
        var limit = new ReaderLimit(_time);
        for (var i = 0; i < ReaderLimit.MaximumPerMinute; i++)
        {
            limit.Start(null, isStop: false).Dispose();
        }

        _time.AdjustTime(_time.GetUtcNow().AddHours(-1));

        limit.Start(null, isStop: false).Dispose();
    }
}
