using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay;

// Which targets are called, and how often.
public sealed partial class ReplyContinuationTests
{
    // Clients fold up the text in an open tag, and the visible text of the error follows.
    [Theory]
    [InlineData(FailureKind.ContainerError)]
    [InlineData(FailureKind.ModelSilent)]
    internal async Task Thinking_WhoseContinuationNeverBegins_IsClosed(FailureKind kind)
    {
        var format = ChunkLog.Contract(ReasoningOutput.Think) with { ShowsErrors = true };
        var refusal = new ReplyFailure(kind, new ContainerError(500, "dead"));
        var calls = new ScriptedCalls(new(Role + Thinking("The", " sky"), Broken), new("") { Refusal = refusal });

        var end = await RunAsync(calls, continuesThinking: true, format: format);

        Assert.Equal(FailureKind.StreamBroken, end.Failure?.Kind);
        Assert.Equal(["a", "b"], calls.Called);
        Assert.Equal("<think>The sky</think>", _writer.Answer);
    }

    [Fact]
    public async Task Failures_AfterTwoContinuations_EndTheReply()
    {
        var calls = new ScriptedCalls(
            new(Role + Text("One", " two"), Lost), new(Text(" two", " three"), Lost), new(Text(" three", " four"), Lost));

        Assert.Equal(FailureKind.ConnectionLost, (await RunAsync(calls)).Failure?.Kind);

        Assert.Equal("One two three four", _writer.Answer);
        Assert.Equal(["a", "b", "a"], calls.Called);
        Assert.Equal([3, 5], _measurements!.ContinuedAfter);
    }

    [Fact]
    public async Task TimeLimitOfSageMaker_IsNoEnd()
    {
        var words = Enumerable.Range(0, 20).Select(i => $" w{i}").ToArray();
        ScriptedCall[] calls = [.. Enumerable.Range(1, 19).Select(i => new ScriptedCall(
            Text([.. words.Take(i + 1).Skip(i == 1 ? 0 : i - 1)]) + (i == 19 ? Finish : ""), i == 19 ? null : Timeout))];

        Assert.Null((await RunAsync(new ScriptedCalls(calls), targets: 1)).Failure);

        Assert.Equal(string.Concat(words), _writer.Answer);
    }

    [Fact]
    public async Task TimeLimitOfSageMaker_WithoutProgress_IsAnEnd()
    {
        var calls = new ScriptedCalls(new(Text("One", " two"), Timeout), new("", Timeout), new("", Timeout), new("", Timeout));

        Assert.Equal(FailureKind.ModelTimeout, (await RunAsync(calls, targets: 1)).Failure?.Kind);
        Assert.Equal(4, calls.Called.Count);
    }

    // The target does not know how to continue, or does not respond.
    [Theory]
    [InlineData(FailureKind.ContainerError)]
    [InlineData(FailureKind.ModelSilent)]
    internal async Task Target_ThatRefusesToContinue_IsReplacedByTheNextOne(FailureKind kind)
    {
        var refusal = new ReplyFailure(kind, new ContainerError(400, "no prefill"));
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky", " is"), Broken), new("") { Refusal = refusal }, new(Text(" is", " blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls, targets: 3)).Failure);

        Assert.Equal("The sky is blue.", _writer.Answer);
        Assert.Equal(["a", "b", "c"], calls.Called);
        Assert.Equal([4], _measurements!.ContinuedAfter);
    }

    /// <summary>The time for retries has ended before the third target.</summary>
    [Fact]
    public async Task Target_ThatWasNotCalled_HasNotFailed()
    {
        _retries = TimeSpan.Zero;
        var refusal = new ReplyFailure(FailureKind.ContainerError, new ContainerError(503, "busy"));
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky", " is"), Broken), new("") { Refusal = refusal }, new(Text(" is", " blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls, targets: 3)).Failure);

        Assert.Equal(["a", "b", "c"], calls.Called);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Target_ThatDoesNotRespond_IsReplacedWithTheSetting(bool canContinue)
    {
        _canContinue = canContinue;
        var calls = new ScriptedCalls(
            new("") { Refusal = new ReplyFailure(FailureKind.ModelSilent) }, new(Role + Text("One") + Finish + Done));

        Assert.Equal(canContinue ? null : FailureKind.ModelSilent, (await RunAsync(calls)).Failure?.Kind);

        Assert.Equal(canContinue ? "One" : "", _writer.Answer);
    }

    /// <summary>The finish reasons of a server that writes one into each chunk say nothing about the continuation.</summary>
    [Theory]
    [InlineData("stop", null)] // Without [DONE].
    [InlineData(null, FailureKind.NoFinishReason)] // With [DONE].
    internal async Task FinishReasons_BeforeTheFailure_AreNotThoseOfTheContinuation(string? reason, FailureKind? expected)
    {
        var calls = new ScriptedCalls(
            new(Ended("The", " sky", " is"), Broken),
            new(Counted + Text(" is", " blue") + (reason is null ? Text(".") + Done : Ended(".").Replace("stop", reason, StringComparison.Ordinal))));

        Assert.Equal(expected, (await RunAsync(calls)).Failure?.Kind);

        Assert.Equal(("The sky is blue.", reason), (_writer.Answer, _writer.Finish));
        Assert.Equal(reason, (string?)_writer.Chunks[^1]["choices"]![0]!["finish_reason"]);
    }

    /// <summary>The text of a chunk that waits for the end is sent before the next call.</summary>
    [Fact]
    public async Task TextWithAFinishReason_IsSentAlsoIfNoCallContinuesIt()
    {
        var calls = new ScriptedCalls(
            new(Ended("The", " sky"), Broken), new("") { Refusal = new ReplyFailure(FailureKind.ModelSilent) },
            new("") { Refusal = new ReplyFailure(FailureKind.ModelSilent) });

        Assert.NotNull((await RunAsync(calls)).Failure);

        Assert.Equal(("The sky", null), (_writer.Answer, _writer.Finish));
    }

    private static string Counted => "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}\n\n";

    private static string Ended(params string[] pieces) => string.Concat(pieces.Select(piece =>
        $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}},\"finish_reason\":\"stop\"}}]}}\n\n"));
}
