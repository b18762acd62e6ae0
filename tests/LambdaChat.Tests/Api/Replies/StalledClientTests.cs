using System.IO.Pipelines;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.ReplyStore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>A stored reply whose client does not read, such as a suspended browser.</summary>
public sealed class StalledClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly ReplyKey Key = ReplyKey.Of("a", "resp_1");
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10));

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private bool _isDisconnected;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ThatDoesNotRead_IsDisconnected_AndTheReplyIsStored(bool isHeartbeat)
    {
        var token = TestContext.Current.CancellationToken;
        var store = new MemoryReplyStore(1024 * 1024, _time);
        await using var log = new ReplyProducer(store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance);
        Assert.True(await log.Created.WaitAsync(token));
        var writer = CreateWriter(log);
        writer.Write("""{"choices":[{"index":0,"delta":{"content":"one"}}]}"""u8);

        var sending = isHeartbeat ? writer.SendHeartbeatAsync().AsTask() : writer.FlushAsync(token).AsTask();
        _time.Advance(StoredReplyWriter.ClientTimeout - Moment);
        Assert.False(sending.IsCompleted || _isDisconnected);
        _time.Advance(Moment);
        await sending.WaitAsync(Patience, token);

        Assert.True(_isDisconnected);
        writer.Write("""{"choices":[{"index":0,"delta":{"content":"two"}}]}"""u8);
        Assert.True(await writer.FlushAsync(token));
        await writer.EndAsync(new ReplyEnd(null, "\"id\""u8.ToArray(), Usage: null) { EndedAt = _time.GetUtcNow() });
        var reader = new ReplyReader(store, Key, Settings, _time);
        await reader.ReadAsync(token);
        Assert.True(reader.MoveNext() && reader.MoveNext() && !reader.MoveNext());
        Assert.Equal(ReplyStatus.Completed, reader.Ending!.Status);
    }

    private StoredReplyWriter CreateWriter(ReplyProducer log)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pipe.Writer.AsStream()));
        var client = new SseReply(context.Response, new OutputFormat("r1", OutputFormat.ChatChunk, "id", 1), hasIds: true);
        return new StoredReplyWriter(client, log, _time, () => _isDisconnected = true);
    }
}
