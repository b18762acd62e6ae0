using System.Text;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class ReplyTextTests
{
    [Theory]
    [InlineData("""\n\nwhy""", "why")]
    [InlineData("""\r\n \nwhy""", "why")]
    [InlineData("""  why""", "  why")]
    [InlineData("""why\n""", "why")]
    [InlineData("""why\n\nso\n""", """why\n\nso""")]
    [InlineData("""<think>why""", "why")]
    [InlineData("""\n<think>\n\nwhy""", "why")]
    [InlineData("""\u003cthink\u003ewhy""", "why")]
    [InlineData("""a <think> b""", "a <think> b")]
    [InlineData("""\n""", "")]
    [InlineData("""\n \n\t""", "")]
    [InlineData("   ", "")]
    [InlineData("""why\\n""", """why\\n""")]
    public void Thinking_InPiecesAndWhole_LosesItsOuterLineFeeds(string text, string expected)
    {
        Assert.Equal(expected, Join(new ReplyText(dropsLineFeeds: true), [text]));
        if (!text.Contains("think", StringComparison.Ordinal)) // A tag always arrives whole.
        {
            Assert.Equal(expected, Join(new ReplyText(dropsLineFeeds: true), Characters(text)));
        }
    }

    [Theory]
    [InlineData("""\n\nHello""", """\n\nHello""")]
    [InlineData("""Hello\n\n""", """Hello\n\n""")]
    [InlineData("""\n\n""", "")]
    [InlineData("  ", "")]
    public void Content_BlanksInFrontOfAToolCall_AreDropped(string text, string expected)
    {
        Assert.Equal(expected, Join(new ReplyText(dropsLineFeeds: false), [text]));
        Assert.Equal(expected, Join(new ReplyText(dropsLineFeeds: false), Characters(text)));
    }

    [Fact]
    public void TryEdit_TextAfterTheStart_PassesUnchanged()
    {
        var text = new ReplyText(dropsLineFeeds: true);
        var output = new ByteBuffer(16);

        Assert.False(text.TryEdit("why"u8, output));
        Assert.False(text.TryEdit(" so"u8, output));
        Assert.True(text.HasStarted);
        Assert.False(text.HasPending);
    }

    [Fact]
    public void TakePending_ReplyOfBlanksOnly_KeepsThem()
    {
        var text = new ReplyText(dropsLineFeeds: false);
        text.TryEdit(" "u8, new ByteBuffer(16));
        text.TryEdit("\\n"u8, new ByteBuffer(16));

        Assert.True(text.HasPending);
        Assert.Equal(" \\n", Encoding.UTF8.GetString(text.TakePending()));
        Assert.False(text.HasPending);
    }

    [Fact]
    public void End_NextPiece_IsABeginningAgain()
    {
        var text = new ReplyText(dropsLineFeeds: true);

        Assert.Equal("why", Join(text, ["why", "\\n"]));
        text.End();
        Assert.Equal("so", Join(text, ["\\n", "so"]));
    }

    [Fact]
    public void TryEdit_BlanksWithoutEnd_AreCapped()
    {
        var text = new ReplyText(dropsLineFeeds: false);
        var blanks = Encoding.UTF8.GetBytes(new string(' ', 1000));
        for (var i = 0; i < 100; i++)
        {
            Assert.True(text.TryEdit(blanks, new ByteBuffer(16)));
        }

        Assert.InRange(text.TakePending().Length, 1000, 4096);
    }

    private static string Join(ReplyText text, IEnumerable<string> pieces)
    {
        var (joined, output) = (new StringBuilder(), new ByteBuffer(16));
        foreach (var piece in pieces)
        {
            var isEdited = text.TryEdit(Encoding.UTF8.GetBytes(piece), output);
            joined.Append(isEdited ? Encoding.UTF8.GetString(output.Span) : piece);
        }

        return joined.ToString();
    }

    // An escape is one character.
    private static IEnumerable<string> Characters(string text) =>
        System.Text.RegularExpressions.Regex.Matches(text, @"\\u....|\\.|.").Select(match => match.Value);
}
