using System.Text;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Tests.Relay.Continuations;

public sealed class TextSoFarTests
{
    [Fact]
    public void Cut_OfAnAnswer_KeepsTheThinkingWhole()
    {
        var text = Of(["Let", " me"], ["It", " is", " \\\"so"]);

        var kept = text.Cut()!;

        Assert.Equal(("Let me", "It is", false), Texts(kept));
        Assert.Equal(("It is \"so", 5), (kept.Sent, kept.Joint));
        Assert.Equal((4, 4, 2), (kept.Tokens, kept.PromptTokens, kept.ThinkingTokens));
    }

    [Fact]
    public void Cut_OfTheThinking_HasNoAnswer()
    {
        var kept = Of(["Let", " me", " see"], []).Cut()!;

        Assert.Equal(("Let me", "", true), Texts(kept));
        Assert.Equal((2, 2), (kept.Tokens, kept.ThinkingTokens));
    }

    [Fact]
    public void Cut_OfTheWholeText_LeavesNothingBehind()
    {
        var kept = Of([], ["It", " is"]).Cut(other: "")!;

        Assert.Equal(("", "It is", false), Texts(kept));
        Assert.Equal((kept.Sent.Length, 2), (kept.Joint, kept.Tokens));
    }

    [Fact]
    public void Cut_InsideAPiece_CountsThePieceAsNewAndInThePrompt()
    {
        var kept = Of([], ["It", " is blue"]).Cut()!;

        Assert.Equal((1, 2), (kept.Tokens, kept.PromptTokens));
    }

    [Fact]
    public void Cut_AfterHalfACharacter_IsNull() => Assert.Null(Of([], ["It", " \\ud83e"]).Cut());

    [Fact]
    public void Cut_BetweenTheHalvesOfAPair_IsBeforeIt() =>
        Assert.Equal("It", Texts(Of([], ["It", "\\ud83e", "\\udd14"]).Cut()!).Answer);

    /// <summary>One long word of many pieces: the model has to begin again, and nothing is kept.</summary>
    [Fact]
    public void Cut_BeforeMorePiecesThanItRemembers_KeepsNone()
    {
        var kept = Of([.. Enumerable.Repeat("<", 40)], []).Cut()!;

        Assert.Equal((0, 0, 0, 0), (kept.Joint, kept.Tokens, kept.PromptTokens, kept.ThinkingTokens));
    }

    [Fact]
    public void Cut_AfterMorePiecesThanItRemembers_StillFindsTheLast()
    {
        var pieces = Enumerable.Range(0, 100).Select(i => $" t{i}").ToArray();

        var kept = Of([], pieces).Cut()!;

        Assert.Equal(string.Concat(pieces[..^1]), Texts(kept).Answer);
        Assert.Equal(99, kept.Tokens);
    }

    [Fact]
    public void Text_BeyondItsCap_CannotBeContinued()
    {
        var text = Of([], [new string('a', 512 * 1024)]);
        Assert.True(text.IsUsable);

        text.Add("b"u8, isThinking: false);

        Assert.False(text.IsUsable);
        Assert.Null(text.Cut(other: ""));
    }

    [Fact]
    public void Thinking_AfterTheAnswer_CannotBeContinued()
    {
        var text = Of([], ["It"]);

        text.Add(" so"u8, isThinking: true);

        Assert.False(text.IsUsable);
    }

    private static (string Thinking, string Answer, bool IsInThinking) Texts(KeptText kept) =>
        (Encoding.UTF8.GetString(kept.Thinking), Encoding.UTF8.GetString(kept.Answer), kept.IsInThinking);

    private static TextSoFar Of(string[] thinking, string[] answer)
    {
        var text = new TextSoFar();
        Array.ForEach(thinking, piece => text.Add(Encoding.UTF8.GetBytes(piece), isThinking: true));
        Array.ForEach(answer, piece => text.Add(Encoding.UTF8.GetBytes(piece), isThinking: false));
        return text;
    }
}
