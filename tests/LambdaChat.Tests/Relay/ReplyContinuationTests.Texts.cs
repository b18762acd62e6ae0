using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay;

// The part of a continuation that is sent.
public sealed partial class ReplyContinuationTests
{
    [Theory]
    [InlineData("I see. What else?")] // It ignores the request to continue.
    [InlineData("The sky was grey and so on.")]
    public async Task NewAnswer_IsNotSent(string answer)
    {
        var calls = new ScriptedCalls(
            new(Role + Text("The sky was blue", " and", " clear"), Broken), new(Role + Text(answer) + Finish + Done));

        Assert.Equal(FailureKind.StreamBroken, (await RunAsync(calls)).Failure?.Kind);
        Assert.Equal("The sky was blue and clear", _writer.Answer);
        Assert.Null(_writer.Finish);
    }

    [Fact]
    public async Task Refusal_OfTheContinuation_DoesNotHideTheFailure()
    {
        var refusal = new ReplyFailure(FailureKind.ContainerError, new ContainerError(400, "no prefill"));
        var calls = new ScriptedCalls(new(Role + Text("The", " sky"), Broken), new("") { Refusal = refusal });

        Assert.Equal(FailureKind.StreamBroken, (await RunAsync(calls)).Failure?.Kind);
    }

    [Fact]
    public async Task Answer_ThatTheServerTakesForThinking_IsTheAnswer()
    {
        var calls = new ScriptedCalls(
            new(Role + Thinking("Let", " me") + Text("The", " sky", " is"), Broken),
            new(Role + Thinking(" i", "s", " blue", ".") + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal(("Let me", "The sky is blue."), (_writer.Thinking, _writer.Answer));
    }

    /// <summary>The text of a chunk with an error is sent, and the error is that of the call.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(",\"finish_reason\":null")]
    [InlineData(",\"finish_reason\":\"error\"")]
    public async Task Answer_ThatTheServerTakesForThinking_MayEndWithAnError(string reason)
    {
        var error = $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"reasoning\":\" blue\"}}{reason},\"error\":{{\"message\":\"dead\"}}}}]}}\n\n";
        var calls = new ScriptedCalls(new(Role + Text("The", " sky", " is"), Broken), new(Role + Thinking(" is", " very") + error));

        var failure = (await RunAsync(calls)).Failure;

        Assert.Equal((FailureKind.ContainerError, "dead"), (failure?.Kind, failure?.Container?.Message));
        Assert.Equal(("The sky is very blue", ""), (_writer.Answer, _writer.Thinking));
    }

    [Fact]
    public async Task Thinking_ThatBeginsLikeTheAnswerByChance_IsThinking()
    {
        var calls = new ScriptedCalls(
            new(Role + Thinking("想") + Text("天空", "是"), Broken), new(Role + Thinking("是", "吗") + Text("是", "蓝的") + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal(("想", "天空是蓝的"), (_writer.Thinking, _writer.Answer));
    }

    [Fact]
    public async Task Thinking_OfTheContinuation_IsNotSent()
    {
        var calls = new ScriptedCalls(
            new(Role + Thinking("Let", " me") + Text("The", " sky", " is"), Broken),
            new(Role + Thinking("Well", " now") + Text(" is", " blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal(("Let me", "The sky is blue."), (_writer.Thinking, _writer.Answer));
    }

    [Fact]
    public async Task Thinking_InPlaceOfAContinuation_EndsTheReply()
    {
        var calls = new ScriptedCalls(
            new(Role + Thinking("Let", " me") + Text("The", " sky", " is"), Broken), new(Role + Thinking("Well", " now") + Finish + Done));

        Assert.Equal(FailureKind.StreamBroken, (await RunAsync(calls)).Failure?.Kind);
        Assert.Equal(("Let me", "The sky is"), (_writer.Thinking, _writer.Answer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Thinking_ThatBreaksOff_IsContinuedWhereItsServerCan(bool continuesThinking)
    {
        var calls = new ScriptedCalls(
            new(Role + Thinking("Let", " me"), Broken), new(Role + Thinking(" me", " see.") + Text("Blue.") + Finish + Done));

        var end = await RunAsync(calls, continuesThinking: continuesThinking);

        Assert.Equal(continuesThinking ? null : FailureKind.StreamBroken, end.Failure?.Kind);
        Assert.Equal(continuesThinking ? ("Let me see.", "Blue.") : ("Let me", ""), (_writer.Thinking, _writer.Answer));
    }

    [Fact]
    public async Task Answer_InPlaceOfTheThinking_IsNotSent()
    {
        var calls = new ScriptedCalls(new(Role + Thinking("Let", " me"), Broken), new(Role + Text("Blue.") + Finish + Done));

        Assert.Equal(FailureKind.StreamBroken, (await RunAsync(calls, continuesThinking: true)).Failure?.Kind);
        Assert.Equal("", _writer.Answer);
    }

    [Fact]
    public async Task Usage_OfTheWholeReply_CountsThePromptOnce()
    {
        var calls = new ScriptedCalls(
            new(Role + Thinking("Let", " me") + Text("The", " sky", " is"), Broken), // 5 tokens, of which the last is repeated.
            new(Role + Text(" is", " blue.") + Finish
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":24,\"completion_tokens\":2,\"total_tokens\":26,"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":0},\"prompt_tokens_details\":{\"cached_tokens\":22}}}\n\n" + Done));

        var end = await RunAsync(calls);

        Assert.Equal(new TokenUsage(20, 6) { Cached = 20, Reasoning = 2 }, end.Usage);
        Assert.Equal(
            """{"prompt_tokens":20,"completion_tokens":6,"total_tokens":26,"completion_tokens_details":{"reasoning_tokens":2},"""
                + "\"prompt_tokens_details\":{\"cached_tokens\":20}}",
            _writer.Chunks[^1]["usage"]!.ToJsonString());
        Assert.Equal((4, 2), (_kept[0].Tokens, _kept[0].ThinkingTokens));
    }

    /// <summary>Nothing is sent of a continuation with other words, so its usage does not count either.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData(",\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":2}", 2L)]
    public async Task Usage_OfAnAbandonedContinuation_DoesNotCount(string usage, long? expected)
    {
        const string Counted = "\"usage\":{\"prompt_tokens\":22,\"completion_tokens\":90}";
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky") + WithUsage(" is", usage), Broken), new(Role + WithUsage(" was", "," + Counted) + Finish + Done),
            new(Role + Text(" blue.") + Finish + Done));

        var end = await RunAsync(calls);

        Assert.Null(end.Failure);
        Assert.Equal("The sky is blue.", _writer.Answer);
        Assert.Equal(expected, end.Usage?.Completion);

        static string WithUsage(string text, string usage) =>
            $"data: {{\"id\":\"c\",\"created\":1,\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]{usage}}}\n\n";
    }

    [Fact]
    public async Task FinishedText_IsCompleteWithTheFinishReason()
    {
        var calls = new ScriptedCalls(new(Role + Text("The sky", "."), Broken), new(Role + Text(".") + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);
        Assert.Equal(("The sky.", "stop"), (_writer.Answer, _writer.Finish));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<thi")] // Half of a tag is not sent.
    public async Task Reply_WithoutText_BeginsOnce(string text)
    {
        var calls = new ScriptedCalls(
            new(Role + (text.Length > 0 ? Text(text) : ""), Lost), new(Role + Text("<think>", "Let me", "</think>", "Blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls, targets: 1)).Failure);

        Assert.Equal(("Let me", "Blue.", 1), (_writer.Thinking, _writer.Answer, _writer.Roles));
    }

    [Fact]
    public async Task Tag_ThatIsHeldAtTheFailure_IsAskedForAgain()
    {
        var calls = new ScriptedCalls(
            new(Role + Text("<think>Let", " me", "</thi"), Broken), new(Role + Text(" me", "</think>", "Blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls, continuesThinking: true)).Failure);
        Assert.Equal(("Let me", "Blue."), (_writer.Thinking, _writer.Answer));
    }

    // The tags of the first call after the joint come again, or do not come because the call has them.
    [Theory]
    [InlineData("<think>Let| me|</think>", " me|</think>|Blue.", "Let me", "Blue.")]
    [InlineData("<think>Let|</think>", "<think>Let|</think>|Blue.", "Let", "Blue.")]
    [InlineData("<think>", "<thi|nk>Let| me|</think>|Blue.", "Let me", "Blue.")]
    [InlineData("<think></think>", "<think></think>|Blue.", "", "Blue.")]
    [InlineData("<think>Let", "<thi|nk>Let| me|</think>Blue.", "Let me", "Blue.")]
    [InlineData("<think>Let|</think>|Bl", "<think>Well</think>|Blue.", "Let", "Blue.")]
    [InlineData("Use|<", "<thi|nk>Well</think>|<|b>.", "", "Use<b>.")]
    [InlineData("Use| the| <think>", " <think>| tag| to …", "", "Use the <think> tag to …")] // Tags of the text itself.
    [InlineData("Use| the| <thi", " <thi|nk>| tag", "", "Use the <think> tag")]
    [InlineData("Use| the| </think>", " |</thi|nk>| tag", "", "Use the </think> tag")]
    [InlineData("Use| it.\\n\\n|</think>| ends", "</think>| ends| it.", "", "Use it.\n\n</think> ends it.")]
    [InlineData("<think>Use| <think>", " <think>| tags|</think>|Yes.", "Use <think> tags", "Yes.")]
    [InlineData("<think>Use| <th", " <th|ink>| tags|</think>|Yes.", "Use <think> tags", "Yes.")]
    public async Task Tags_AreThoseOfTheContinuedText(string first, string second, string thinking, string answer)
    {
        var calls = new ScriptedCalls(
            new(Role + Text(first.Split('|')), Lost), new(Role + Text(second.Split('|')) + Finish + Done));

        Assert.Null((await RunAsync(calls, targets: 1, continuesThinking: true)).Failure);

        Assert.Equal((thinking, answer, 1), (_writer.Thinking, _writer.Answer, _writer.Roles));
    }
}
