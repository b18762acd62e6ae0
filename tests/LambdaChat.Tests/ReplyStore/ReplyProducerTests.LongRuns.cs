using LambdaChat.ReplyStore;

namespace LambdaChat.Tests.ReplyStore;

/// <summary>Replies outside Lambda, which has a limit of 15 minutes.</summary>
public sealed partial class ReplyProducerTests
{
    private const int Minutes = 120;

    [Fact]
    public async Task Reply_ThatRunsForLong_IsKept()
    {
        // The clock may be a minute ahead of the check that follows a part. With this lease, that minute is no silence.
        var settings = new ReplyStoreSettings(TimeSpan.FromMinutes(5))
        {
            Interval = TimeSpan.FromMinutes(1),
            Lease = TimeSpan.FromHours(4)
        };
        var producer = await StartAsync(settings);
        var created = await _store.ReadHeadAsync(Key, CancellationToken.None);
        for (var minute = 1; minute <= Minutes; minute++)
        {
            Append(producer, $"chunk {minute}");
            _time.Advance(settings.Interval);
            await _store.WaitForAsync("append");
            var head = await _store.ReadHeadAsync(Key, CancellationToken.None);
            Assert.NotNull(head);
            Assert.True(minute > 14 || head.Expires == created!.Expires, "A reply on Lambda needs no renewal.");
        }

        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await _store.WaitForAsync("end");

        Assert.False(producer.IsCancelled);
        Assert.Equal(Enumerable.Range(1, Minutes).Select(minute => $"chunk {minute}"), await ReadAsync());
        _time.Advance(settings.Retention);
        Assert.Null(await _store.ReadHeadAsync(Key, CancellationToken.None));
    }
}
