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
        var reads = Enumerable.Range(0, ReaderLimit.MaximumAtOnce).Select(_ => limit.Start("a")).ToList();

        var refused = Assert.Throws<InvalidRequestException>(() => limit.Start("a"));
        limit.Start("b").Dispose();
        reads[0].Dispose();
        limit.Start("a").Dispose();

        Assert.Equal((429, "rate_limit_exceeded"), (refused.Error.Status, refused.Error.Code));
    }

    [Fact]
    public void Reads_OfAMinute_AreLimited()
    {
        var limit = new ReaderLimit(_time);
        for (var i = 0; i < ReaderLimit.MaximumPerMinute; i++)
        {
            limit.Start(null).Dispose();
        }

        Assert.Throws<InvalidRequestException>(() => limit.Start(null));
        _time.Advance(TimeSpan.FromMinutes(1));
        limit.Start(null).Dispose();
    }
}
