using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Tests.ReplyStore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>A client only learns that the store failed. The log names the exception, for example of a missing permission.</summary>
public sealed class StoreFailureLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly MemoryStream _lines = new();
    private readonly LogOutput _output;
    private readonly LineLoggerFactory _loggers;
    private readonly ScriptedReplyStore _store;
    private readonly StoredReplies _replies;
    private readonly DefaultHttpContext _context = new() { TraceIdentifier = "id-1" };

    public StoreFailureLogTests()
    {
        _output = new LogOutput(_lines);
        _loggers = new LineLoggerFactory(_output, _time);
        _store = new ScriptedReplyStore(_time);
        _replies = new StoredReplies(
            new ReaderLimit(_time), new MemoryBudget(100_000, _time), ReplyMemory.Create(_time), _loggers.CreateLogger<StoredReplies>(),
            new ReplyStorage(_store, new ReplyStoreSettings(TimeSpan.FromMinutes(1)), _time, _loggers.CreateLogger<ReplyStorage>()));
    }

    [Fact]
    public async Task Request_StoreFails_IsLogged()
    {
        _store.IsFailing = true;

        var error = await Assert.ThrowsAsync<ErrorResponseException>(
            () => _replies.RunAsync(_context, () => _replies.DeleteAsync(_context, "a")));

        Assert.Equal((503, "store_unavailable"), (error.Error.Status, error.Error.Code));
        AssertLogged("Request id-1 about a stored reply failed, because the reply store failed.");
    }

    [Fact]
    public async Task Replay_StoreFailsAfterTheStart_IsLogged()
    {
        var settings = new ReplyStoreSettings(TimeSpan.FromMinutes(1)) { MaximumOutage = TimeSpan.Zero };
        var key = ReplyKey.Of("a", "chatcmpl-1");
        var head = new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow().AddMinutes(1), _time.GetUtcNow().AddMinutes(1));
        await _store.CreateAsync(key, head, "{}"u8.ToArray(), CancellationToken.None);
        var reader = new ReplyReader(_store, key, settings, _time);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        _store.IsFailing = true;
        _context.Features.Set<IHttpResponseFeature>(new StartedResponse());
        using var body = new MemoryStream();
        _context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var playback = new ReplyPlayback(
            new RelaySettings(Hold: TimeSpan.Zero, Heartbeat: TimeSpan.Zero), _time, _loggers.CreateLogger<ReplyPlayback>());

        await Assert.ThrowsAsync<RelayFailedException>(() => playback.RunAsync(
            _context, reader, new AggregatedReply(_context.Response, sendsHeartbeats: false), "\"c\""u8.ToArray()));

        AssertLogged("Request id-1 did not get a stored reply to its end, because the reply store failed.");
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _output.Dispose();
    }

    private void AssertLogged(string message)
    {
        var line = JsonNode.Parse(Encoding.UTF8.GetString(_lines.ToArray()))!;
        Assert.Equal(
            ("WARN", message, "id-1", typeof(ReplyStoreException).FullName),
            ((string?)line["level"], (string?)line["message"], (string?)line["requestId"], (string?)line["exceptions"]![0]!["type"]));
    }

    private sealed class StartedResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }
}
