using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
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
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class ConversationCallTests
{
    private const string Reply =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly CompletedResponse _response = new();
    private readonly DefaultHttpContext _context = new();

    [Fact]
    public async Task Name_OfASlowStore_DoesNotDelayTheEndOfTheResponse()
    {
        var gate = new TaskCompletionSource();
        var store = new ScriptedReplyStore(_time) { NameGate = gate.Task };
        using var body = new MemoryStream();
        _context.Features.Set<IHttpResponseFeature>(_response);
        _context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));

        await RunAsync(store).WaitAsync(Patience, TestContext.Current.CancellationToken);
        var completed = _response.CompleteAsync();
        Assert.False(completed.IsCompleted); // On Lambda, the request waits for the name.
        gate.SetResult();
        await completed.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.NotNull(await store.FindNameAsync(ReplyKey.Of(null, "chat"), CancellationToken.None));
    }

    private async Task RunAsync(ScriptedReplyStore store)
    {
        var storage = new ReplyStorage(
            store, new ReplyStoreSettings(TimeSpan.FromMinutes(10)) { WaitsAtEnd = true }, _time, NullLogger<ReplyStorage>.Instance);
        var memory = ReplyMemory.Create(_time);
        var replies = new StoredReplies(
            new ReaderLimit(_time), new MemoryBudget(100_000, _time), memory, NullLogger<StoredReplies>.Instance, storage);
        var settings = new RelaySettings(TimeSpan.Zero, TimeSpan.Zero);
        var targets = new TargetCaller(
            new ScriptedCalls(new ScriptedCall(Reply)), new TargetHealth(_time), new RetrySettings(TimeSpan.Zero), _time);
        using var output = new LogOutput(Stream.Null);
        using var line = new ReplyLogLine(output, hasMetrics: false);
        var relay = new RelayedCall(
            new ReplyRelay(targets, settings, NullLogger<ReplyRelay>.Instance, _time), settings, new ReplyReporter(_time, line), memory);
        var request = new RelayRequest(
            new Model("r1", [new Target("a", null, null, "eu-west-1")], ""), CallMode.Stream, [], ChunkLog.Contract());
        await new ConversationCall(relay, new StoredCall(relay, _time), replies).RunAsync(
            _context, request, lease: null, new SseReply(_context.Response, request.Format), "chat", () => "{}"u8.ToArray());
    }

    private sealed class CompletedResponse : HttpResponseFeature
    {
        private readonly List<Func<Task>> _callbacks = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => _callbacks.Add(() => callback(state));

        public Task CompleteAsync() => Task.WhenAll(_callbacks.Select(callback => callback()));
    }
}
