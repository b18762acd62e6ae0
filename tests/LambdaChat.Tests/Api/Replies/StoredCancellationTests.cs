using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.ReplyStore;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>How soon a cancellation ends the call of the model, for a stream and in the background, with both stores.</summary>
public sealed class StoredCancellationTests : IDisposable
{
    private const string Token =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // For a call that goes on.
    private static readonly ReplyKey Key = ReplyKey.Of("a", "resp_1");
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10));

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedPayloads _payloads = new();
    private readonly ScriptedTable _table = new();

    /// <summary>The stores, and whether the reply runs in the background.</summary>
    public static MatrixTheoryData<bool, bool> Cases => new([true, false], [true, false]);

    public void Dispose()
    {
        _payloads.Dispose();
        _table.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Cancel_DuringASilence_EndsTheCallWithin2Seconds(bool isTable, bool isBackground)
    {
        var store = CreateStore(isTable);
        await using var log = await StartAsync(store);
        var end = RunAsync(log, isBackground);
        await _payloads.ReadingAsync();
        await _payloads.GiveAsync(Token);
        await store.CancelAsync(Key, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(FailureKind.Cancelled, (await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure?.Kind);
    }

    // The first check comes 0.9 s after the start, so that the reply runs on until the token.
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Cancel_EndsTheCallWithinASecondOfTheNextToken(bool isTable, bool isBackground)
    {
        var store = CreateStore(isTable);
        await using var log = await StartAsync(store);
        var end = RunAsync(log, isBackground);
        await _payloads.ReadingAsync();
        await store.CancelAsync(Key, CancellationToken.None);
        await _payloads.GiveAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FailureKind.Cancelled, (await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure?.Kind);
    }

    private IReplyStore CreateStore(bool isTable) =>
        isTable ? new TableReplyStore(_table.CreateTable(), Settings, _time) : new MemoryReplyStore(1024 * 1024, _time);

    private async Task<ReplyProducer> StartAsync(IReplyStore store)
    {
        var log = new ReplyProducer(store, Key, "{}"u8.ToArray(), Settings, _time, "id-1", NullLogger.Instance);
        Assert.True(await log.Created.WaitAsync(TestContext.Current.CancellationToken));
        return log;
    }

    private Task<ReplyOutcome> RunAsync(ReplyProducer log, bool isBackground)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        return RunAsync(log, client => new StoredReplyWriter(isBackground ? null : client, log, _time), context);
    }

    private async Task<ReplyOutcome> RunAsync(ReplyProducer log, Func<IReplyWriter, IReplyWriter> createWriter, HttpContext context)
    {
        var endpoints = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { ["a"] = _payloads });
        var targets = new TargetCaller(endpoints, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var relay = new ReplyRelay(
            targets, new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), NullLogger<ReplyRelay>.Instance, _time);
        using var admission = new StoredAdmission(limits: null, log);
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "");
        var request = new RelayRequest(model, CallMode.Stream, [], ChunkLog.Contract()) { Admission = admission };
        return await relay.RunAsync(context, request, createWriter(new SseReply(context.Response, request.Format, hasIds: true)));
    }
}
