using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.ReplyStore;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>A reply in the background whose store fails while the model is silent: nobody could read the rest.</summary>
public sealed class StoredOutageTests : IDisposable
{
    private const string Token =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10));

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedPayloads _payloads = new();

    public void Dispose() => _payloads.Dispose();

    [Fact]
    public async Task Reply_WithoutClientAndStore_Ends()
    {
        var store = new ScriptedReplyStore(_time);
        await using var log = new ReplyLog(
            store, ReplyKey.Of("a", "resp_1"), "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance);
        Assert.True(await log.Created.WaitAsync(TestContext.Current.CancellationToken));
        var end = RunAsync(log);
        await _payloads.ReadingAsync();
        store.IsFailing = true;
        await _payloads.GiveAsync(Token);
        while (!log.HasFailed)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await end.WaitAsync(Patience, TestContext.Current.CancellationToken); // Without another token.
    }

    private async Task RunAsync(ReplyLog log)
    {
        var endpoints = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { ["a"] = _payloads });
        var targets = new TargetCaller(endpoints, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var settings = new RelaySettings(TimeSpan.Zero, TimeSpan.Zero);
        using var output = new LogOutput(Stream.Null);
        using var line = new ReplyLogLine(output, hasMetrics: false);
        var relay = new RelayedCall(
            new ReplyRelay(targets, settings, NullLogger<ReplyRelay>.Instance, _time), settings, new ReplyReporter(_time, line),
            ReplyMemory.Create(_time));
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "") { IdleTimeout = TimeSpan.FromDays(30) };
        await new StoredCall(relay, _time).RunAsync(
            new DefaultHttpContext(), new RelayRequest(model, CallMode.Stream, [], ChunkLog.Contract()), lease: null, writer: null, log);
    }
}
