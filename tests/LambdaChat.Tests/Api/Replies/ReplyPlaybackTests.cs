using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class ReplyPlaybackTests
{
    private static readonly ReplyKey Key = ReplyKey.Of("a", "chatcmpl-1");

    private readonly ReplyStoreSettings _settings = new(TimeSpan.FromMinutes(10));
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    /// <summary>Without a hold time, the first heartbeat is sent at once and commits the status.</summary>
    [Fact]
    public async Task FailedReply_AsOneDocumentWithoutAHoldTime_KeepsItsStatus()
    {
        var store = new MemoryReplyStore(1024 * 1024, _time);
        await using (var log = new ReplyProducer(
            store, Key, "{}"u8.ToArray(), _settings, _time, "id-1", NullLogger.Instance))
        {
            Assert.True(await log.Created.WaitAsync(TestContext.Current.CancellationToken));
            await new StoredReplyWriter(client: null, log, TimeProvider.System).EndAsync(
                new ReplyEnd(new ReplyFailure(FailureKind.ModelSilent), "\"c\""u8.ToArray(), Usage: null));
        }

        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var reader = new ReplyReader(store, Key, _settings, _time);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        var playback = new ReplyPlayback(new RelaySettings(Hold: TimeSpan.Zero, Heartbeat: TimeSpan.FromSeconds(10)), _time,
            NullLogger<ReplyPlayback>.Instance);
        await playback.RunAsync(context, reader, new AggregatedReply(context.Response, sendsHeartbeats: false), "\"c\""u8.ToArray());

        Assert.Equal(504, context.Response.StatusCode);
        Assert.Contains("\"code\":\"model_silent\"", Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }
}
