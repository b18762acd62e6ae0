using LambdaChat.Failures;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay;

// Continuations with another word than the one that was sent.
public sealed partial class ReplyContinuationTests
{
    [Fact]
    public async Task AnotherWord_IsFollowedByACallAfterTheSentOne()
    {
        var calls = new ScriptedCalls(
            new(Role + Text("The", " sky", " is"), Broken), new(Role + Text(" was", " grey") + Finish + Done),
            new(Role + Text(" blue.") + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal("The sky is blue.", _writer.Answer);
        Assert.Equal(["The sky", "The sky is"], _kept.Select(kept => kept.Sent[..kept.Joint]));
    }

    /// <summary>What follows with and without a word says nothing about a new answer.</summary>
    [Theory]
    [InlineData("She| ran| quickly", ".| Then", ".", "She ran quickly.")]
    [InlineData("She| ran| quickly", " to| the", " to| the park", "She ran quickly to the park")]
    [InlineData("他说|好|的", "，|再见", "，|再见", "他说好的，再见")]
    [InlineData("他说|好|人", "的|话", "的|书", "他说好人的书")]
    public async Task SameText_WithAndWithoutAWord_ContinuesTheText(string first, string second, string third, string expected)
    {
        var calls = new ScriptedCalls(
            new(Role + Text(first.Split('|')), Broken), new(Role + Text(second.Split('|')) + Finish + Done),
            new(Role + Text(third.Split('|')) + Finish + Done));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal(expected, _writer.Answer);
    }

    [Theory]
    [InlineData("色的。", null)]
    [InlineData("您好", FailureKind.StreamBroken)] // A new answer again.
    internal async Task AnotherIdeograph_IsDistinguishedFromANewAnswerByASecondCall(string second, FailureKind? expected)
    {
        var calls = new ScriptedCalls(
            new(Role + Text("天空", "是", "蓝"), Broken), new(Role + Text("您好", "！") + Finish + Done),
            new(Role + Text(second) + Finish + Done));

        Assert.Equal(expected, (await RunAsync(calls)).Failure?.Kind);

        Assert.Equal(expected is null ? "天空是蓝色的。" : "天空是蓝", _writer.Answer);
    }
}
