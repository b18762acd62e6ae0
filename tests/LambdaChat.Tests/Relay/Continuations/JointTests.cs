using LambdaChat.Relay.Continuations;

namespace LambdaChat.Tests.Relay.Continuations;

public sealed class JointTests
{
    // The pieces of the stream, and the text that is kept of them. The continuation has to repeat the rest.
    [Theory]
    [InlineData("The| sky| is| blue", "The sky is")]
    [InlineData("The| sky is blue", "The sky is")] // Several tokens in one piece.
    [InlineData("air| scat|ters", "air scat")] // A piece is a token.
    [InlineData("So:| |3", "So:")] // Not after a blank.
    [InlineData("The| sky| ", "The")] // Not before a blank only.
    [InlineData("The| sky|.\n|\n", "The sky")]
    [InlineData("So:|\n|3", "So:")] // Not after one line feed.
    [InlineData("So:|\n|\n|3", "So:\n\n")] // A blank line is one token.
    [InlineData("So:|\n|\n|    if", "So:\n\n")]
    [InlineData("天空|是|蓝色", "天空是蓝")]
    [InlineData("a <|b", "a")]
    [InlineData("Use| <|b|>", "Use")] // Not inside a tag.
    [InlineData("Use| <b>|now", "Use <b>")]
    [InlineData("1| <| 2", "1 <")]
    [InlineData("e|\u0301|x", "e\u0301")] // Not inside a character.
    [InlineData("👩|\u200D|👧|.", "👩\u200D👧")]
    [InlineData("One", "")]
    [InlineData("", "")]
    public void Find_NearTheEnd_IsSafe(string pieces, string kept)
    {
        var (text, starts) = Parse(pieces);

        Assert.Equal(kept, text[..Joint.Find(text, starts)!.Value]);
    }

    [Fact]
    public void Find_InAWordWithoutEnd_IsNull() => Assert.Null(Joint.Find(new string('a', 1000), new HashSet<int>()));

    [Theory]
    [InlineData("It is", true)]
    [InlineData("", true)]
    [InlineData("It is ", false)]
    [InlineData("It is\n", false)]
    [InlineData("It is\n\n", true)]
    [InlineData("It is <", false)]
    public void FindEnd_OfATextThatCanContinue_IsItsLength(string text, bool canContinue) =>
        Assert.Equal(canContinue ? text.Length : null, Joint.FindEnd(text));

    [Fact]
    public void FindEnd_AfterHalfACharacter_IsNull() => Assert.Null(Joint.FindEnd("It is 🤔"[..^1]));

    private static (string Text, IReadOnlySet<int> Starts) Parse(string pieces)
    {
        var (text, starts) = ("", new HashSet<int>());
        foreach (var piece in pieces.Split('|'))
        {
            starts.Add(text.Length);
            text += piece;
        }

        return (text, starts);
    }
}
