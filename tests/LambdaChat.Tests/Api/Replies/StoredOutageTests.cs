using System.IO.Pipelines;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.ReplyStore;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.ReplyStore;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>Replies whose store fails while they run or when they end.</summary>
public sealed class StoredOutageTests : IDisposable
{
    private const string Token =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ReplyKey Key = ReplyKey.Of("a", "resp_1");
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10));

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedPayloads _payloads = new();

    public void Dispose() => _payloads.Dispose();

    /// <summary>Only a last event that tells whether the reply is stored cannot wait for the store.</summary>
    [Theory]
    [InlineData("background", true)]
    [InlineData("disconnected", true)]
    [InlineData("chat", true)]
    [InlineData("response", false)]
    public async Task Reply_ThatEndsDuringAShortOutage_IsStoredUnlessItsClientWasTold(string client, bool isStored)
    {
        var store = new ScriptedReplyStore(_time);
        var settings = Settings with { EndTimeout = TimeSpan.FromDays(30), MaximumOutage = TimeSpan.FromDays(30) };
        await using var log = new ReplyProducer(store, Key, "{}"u8.ToArray(), settings, _time, "id-1", NullLogger.Instance);
        Assert.True(await log.Created.WaitAsync(TestContext.Current.CancellationToken));
        using var body = new MemoryStream();
        var writer = CreateWriter(log, client, body);
        if (client == "disconnected")
        {
            writer.Write("""{"choices":[]}"""u8);
            var sending = writer.FlushAsync(TestContext.Current.CancellationToken).AsTask();
            _time.Advance(StoredReplyWriter.ClientTimeout);
            await sending.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        store.IsFailing = true;
        writer.Write("""{"choices":[]}"""u8);
        await AdvanceUntilAsync(() => log.IsFailing);
        await writer.EndAsync(new ReplyEnd(null, "\"id\""u8.ToArray(), Usage: null) { EndedAt = _time.GetUtcNow() });
        store.IsFailing = false;
        await AdvanceUntilAsync(() => log.Run.IsCompleted);

        Assert.Equal(isStored, !log.IsFailing);
        Assert.Equal(
            isStored ? ReplyStatus.Completed : ReplyStatus.Running, (await store.ReadHeadAsync(Key, CancellationToken.None))?.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reply_ThatEndsDuringAnOutage_IsReportedAsNotStored(bool isFailing)
    {
        var store = new ScriptedReplyStore(_time);
        var settings = Settings with { EndTimeout = TimeSpan.FromDays(30), MaximumOutage = TimeSpan.FromDays(30) };
        await using var log = new ReplyProducer(store, Key, "{}"u8.ToArray(), settings, _time, "id-1", NullLogger.Instance);
        Assert.True(await log.Created.WaitAsync(TestContext.Current.CancellationToken));
        using var lines = new MemoryStream();
        var end = RunAsync(log, lines);
        await _payloads.ReadingAsync();
        store.IsFailing = isFailing;
        await _payloads.GiveAsync(Token);
        await AdvanceUntilAsync(() => log.IsFailing == isFailing);
        _payloads.End();
        await end.WaitAsync(Patience, TestContext.Current.CancellationToken);

        var line = JsonNode.Parse(lines.ToArray())!;
        Assert.Equal(isFailing ? (0, 1) : (1, 0), ((int)line["stored"]!, (int)line["storeFailures"]!));
    }

    /// <summary>The rest of it could not be read.</summary>
    [Fact]
    public async Task Reply_WithoutClientAndStore_Ends()
    {
        var store = new ScriptedReplyStore(_time);
        await using var log = new ReplyProducer(store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance);
        Assert.True(await log.Created.WaitAsync(TestContext.Current.CancellationToken));
        var end = RunAsync(log);
        await _payloads.ReadingAsync();
        store.IsFailing = true;
        await _payloads.GiveAsync(Token);
        await AdvanceUntilAsync(() => log.HasFailed);

        await end.WaitAsync(Patience, TestContext.Current.CancellationToken); // Without another token.
    }

    private StoredReplyWriter CreateWriter(ReplyProducer log, string client, Stream body)
    {
        var stalled = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(
            new StreamResponseBodyFeature(client == "disconnected" ? stalled.Writer.AsStream() : body));
        var reply = new SseReply(context.Response, new OutputFormat("r1", OutputFormat.ChatChunk, "id", 1));
        return new StoredReplyWriter(
            client == "background" ? null : reply, log, _time, tellsStore: client is not "chat");
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }
    }

    private async Task RunAsync(ReplyProducer log, Stream? lines = null)
    {
        var endpoints = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { ["a"] = _payloads });
        var targets = new TargetCaller(endpoints, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var settings = new RelaySettings(TimeSpan.Zero, TimeSpan.Zero);
        using var output = new LogOutput(lines ?? Stream.Null);
        using var line = new ReplyLogLine(output, hasMetrics: false);
        var relay = new RelayedCall(
            new ReplyRelay(targets, settings, NullLogger<ReplyRelay>.Instance, _time), settings, new ReplyReporter(_time, line),
            ReplyMemory.Create(_time));
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "") { IdleTimeout = TimeSpan.FromDays(30) };
        await new StoredCall(relay, _time).RunAsync(
            new DefaultHttpContext(), new RelayRequest(model, CallMode.Stream, [], ChunkLog.Contract()), lease: null, writer: null, log);
    }
}
