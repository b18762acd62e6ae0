using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Continuations;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Relay;

/// <summary>Replies that another call continues: the conditions, the target, and the part of the text that is sent.</summary>
public sealed partial class ReplyContinuationTests
{
    private const string Done = "data: [DONE]\n\n";

    private static readonly ReplyFailure Broken = new(FailureKind.StreamBroken);
    private static readonly ReplyFailure Lost = new(FailureKind.ConnectionLost);
    private static readonly ReplyFailure Timeout = new(FailureKind.ModelTimeout);

    private readonly FakeTimeProvider _time = new();
    private readonly ReplyProducer _writer = new();
    private readonly List<KeptText> _kept = [];
    private ReplyMeasurements? _measurements;
    private bool _canContinue = true;
    private TimeSpan _retries = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(FailureKind.StreamBroken)]
    [InlineData(FailureKind.ConnectionLost)]
    [InlineData(FailureKind.CorruptStream)]
    [InlineData(FailureKind.SageMakerFailure)]
    [InlineData(FailureKind.ModelTimeout)]
    internal async Task Failure_OfTheEndpoint_IsContinuedByTheNextTarget(FailureKind kind)
    {
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky", " is"), new ReplyFailure(kind)),
            new((Role + Text(" is", " blue.") + Finish).Replace("\"created\":1", "\"created\":2", StringComparison.Ordinal) + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal("The sky is blue.", _writer.Answer);
        Assert.Equal((1, "stop"), (_writer.Roles, _writer.Finish));
        Assert.Equal([kind == FailureKind.ModelTimeout ? "a" : "b"], calls.Called.Skip(1)); // The time limit is no fault of the target.
        Assert.Equal([4], _measurements!.ContinuedAfter);
        Assert.Equal(["target " + _measurements.Target + " after 4"], _writer.Notes);
        Assert.Single(_writer.Chunks.Select(chunk => ((string?)chunk["id"], chunk["created"]!.ToJsonString())).Distinct());
    }

    [Theory]
    [InlineData("")] // The stream ends without a finish reason.
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"abort\"}]}\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"dead\",\"code\":500}}\n\n")]
    [InlineData("data: this is no JSON\n\n")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"del")]
    public async Task Record_OfAFailure_IsContinuedByTheNextTarget(string record)
    {
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky", " is") + record), new(Role + Text(" is", " blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal(("The sky is blue.", "stop"), (_writer.Answer, _writer.Finish));
        Assert.Equal(["a", "b"], calls.Called);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silence_OfTheEndpoint_IsContinuedByTheNextTarget(bool hasText)
    {
        var calls = new ScriptedCalls(
            new(Role + (hasText ? Text("The", " sky", " is") : "")) { IsSilent = true },
            new(Role + (hasText ? "" : Text("The", " sky")) + Text(" is", " blue.") + Finish + Done));

        var end = RunAsync(calls);
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Null((await end).Failure);
        Assert.Equal("The sky is blue.", _writer.Answer);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\n", FailureKind.ContainerError)] // Of the request.
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\"," +
        "\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n", FailureKind.StreamBroken)] // A tool call has begun.
    internal async Task Reply_ThatCannotBeContinued_Fails(string record, FailureKind expected)
    {
        var calls = new ScriptedCalls(new ScriptedCall(Role + Text("The", " sky") + record, Broken));

        Assert.Equal(expected, (await RunAsync(calls)).Failure?.Kind);
        Assert.Equal(["a"], calls.Called);
    }

    [Fact]
    public async Task Reply_WithoutTheSetting_Fails()
    {
        _canContinue = false;
        var calls = new ScriptedCalls(new ScriptedCall(Role + Text("The", " sky"), Broken));

        Assert.Equal(FailureKind.StreamBroken, (await RunAsync(calls)).Failure?.Kind);
        Assert.Equal("The sky", _writer.Answer);
        Assert.Null(_measurements!.ContinuedAfter);
    }

    [Theory]
    [InlineData(FailureKind.ConnectionLost, true)]
    [InlineData(FailureKind.ModelTimeout, true)]
    [InlineData(FailureKind.StreamBroken, false)]
    [InlineData(FailureKind.CorruptStream, false)]
    internal async Task OnlyTarget_IsAskedAgainAfterAConnectionFaultOnly(FailureKind kind, bool isContinued)
    {
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky", " is"), new ReplyFailure(kind)), new(Text(" is", " blue.") + Finish + Done));

        var end = await RunAsync(calls, targets: 1);

        Assert.Equal(isContinued ? null : kind, end.Failure?.Kind);
        Assert.Equal(isContinued ? ["a", "a"] : ["a"], calls.Called);
    }

    [Theory]
    [InlineData(FailureKind.ConnectionLost, true)]
    [InlineData(FailureKind.StreamBroken, false)]
    internal async Task AllTargets_ThatFailBeforeTheFirstText_AreAskedAgainAfterAConnectionFaultOnly(FailureKind kind, bool isAskedAgain)
    {
        var failure = new ReplyFailure(kind);
        var calls = new ScriptedCalls(new(Role, failure), new("", failure), new(Role + Text("One") + Finish + Done));

        var end = await RunAsync(calls);

        Assert.Equal(isAskedAgain ? null : kind, end.Failure?.Kind);
        Assert.Equal(isAskedAgain ? ("One", 1) : ("", 0), (_writer.Answer, _writer.Roles));
        Assert.Equal(isAskedAgain ? 3 : 2, calls.Called.Count);
    }

    private static string Role => Delta("\"role\":\"assistant\",\"content\":\"\"");

    private static string Finish => "data: {\"id\":\"c\",\"created\":1,\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    private static string Text(params string[] pieces) => string.Concat(pieces.Select(piece => Delta($"\"content\":\"{piece}\"")));

    private static string Thinking(params string[] pieces) => string.Concat(pieces.Select(piece => Delta($"\"reasoning\":\"{piece}\"")));

    private static string Delta(string members) =>
        $"data: {{\"id\":\"{Guid.NewGuid()}\",\"created\":1,\"choices\":[{{\"index\":0,\"delta\":{{{members}}}}}]}}\n\n";

    private async Task<ReplyEnd> RunAsync(
        ScriptedCalls calls, int targets = 2, bool continuesThinking = false, OutputFormat? format = null)
    {
        var continuation = new TargetContinuation(ContinuationMode.Vllm, continuesThinking);
        var model = new Model("r1", [.. Enumerable.Range(0, targets).Select(i =>
            new Target("abc"[i..(i + 1)], null, null, "eu-west-1") { Continuation = continuation })], "");
        var request = new RelayRequest(model, CallMode.Stream, [], format ?? ChunkLog.Contract())
        {
            ContinuedBody = !_canContinue ? null : (_, kept) =>
            {
                _kept.Add(kept);
                return [kept.Thinking, kept.Answer];
            },
        };
        _measurements = new ReplyMeasurements(model, ModelTasks.Chat, _time);
        var caller = new TargetCaller(calls, new TargetHealth(_time), new RetrySettings(_retries), _time);
        await using var run = new RelayRun(new DefaultHttpContext(), request, _writer, _measurements,
            new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), _time, NullLogger.Instance);
        return await run.RunAsync(caller);
    }

    private sealed class ReplyProducer : IReplyWriter
    {
        public List<JsonNode> Chunks { get; } = [];

        public List<string> Notes { get; } = [];

        public string Answer => Join("content");

        public string Thinking => Join("reasoning_content");

        public int Roles => Choices.Count(choice => choice["delta"]!["role"] is not null);

        public string? Finish => (string?)Choices.SingleOrDefault(choice => choice["finish_reason"] is not null)?["finish_reason"];

        public ReplyFailure? Failure => null;

        public long UnflushedBytes => 0;

        public long SentBytes => 0;

        public bool SendsHeartbeats => true;

        public bool MustAbort => false;

        private IEnumerable<JsonNode> Choices => Chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Select(choice => choice!);

        public bool Write(ReadOnlySpan<byte> chunk)
        {
            Chunks.Add(JsonNode.Parse(Encoding.UTF8.GetString(chunk))!);
            return true;
        }

        public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => new(true);

        public ValueTask SendHeartbeatAsync() => ValueTask.CompletedTask;

        public void NoteContinuation(int target, int events) => Notes.Add($"target {target} after {events}");

        public Task EndAsync(ReplyEnd end) => Task.CompletedTask;

        private string Join(string member) => string.Concat(Choices.Select(choice => (string?)choice["delta"]![member]));
    }
}
