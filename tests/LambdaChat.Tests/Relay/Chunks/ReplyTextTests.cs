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
    [InlineData("""<thin air""", "<thin air")]
    [InlineData("""\n<thinner""", "<thinner")]
    [InlineData("""\u003cp""", """\u003cp""")]
    [InlineData(""" <""", "")]
    [InlineData("""\n""", "")]
    [InlineData("""\n \n\t""", "")]
    [InlineData("   ", "")]
    [InlineData("""why\\n""", """why\\n""")]
    [InlineData("""why\n\n\nso""", """why\n\nso""")]
    [InlineData("""why\n \t\n  so""", """why\n\n  so""")]
    [InlineData("""why\r\n\r\nso\r\nit""", """why\n\nso\r\nit""")]
    [InlineData("""why\u000A\u000aso""", """why\n\nso""")]
    [InlineData("""a\n- b\n- c""", """a\n- b\n- c""")]
    [InlineData("""a\\\nb\"\\n\n\n\n\u00e9""", """a\\\nb\"\\n\n\n\u00e9""")]
    public void Thinking_InPiecesAndWhole_LosesItsOuterLineFeeds(string text, string expected)
    {
        Assert.Equal(expected, Join(new ReplyText(isThinking: true), [text]));
        Assert.Equal(expected, Join(new ReplyText(isThinking: true), Characters(text)));
    }

    [Theory]
    [InlineData("""\n\nHello""", """\n\nHello""")]
    [InlineData("""Hello\n\n""", """Hello\n\n""")]
    [InlineData("""\n\n""", "")]
    [InlineData("  ", "")]
    public void Content_BlanksInFrontOfAToolCall_AreDropped(string text, string expected)
    {
        Assert.Equal(expected, Join(new ReplyText(isThinking: false), [text]));
        Assert.Equal(expected, Join(new ReplyText(isThinking: false), Characters(text)));
    }

    [Theory]
    [InlineData("""\na\n- b\n  - c\n""", """a\n\n- b\n\n  - c""")]
    [InlineData("""a\r\nb\n\n\nc""", """a\n\nb\n\nc""")]
    public void Thinking_OfParagraphs_HasABlankLineAfterEachLine(string text, string expected)
    {
        Assert.Equal(expected, Join(new ReplyText(isThinking: true, makesParagraphs: true), [text]));
        Assert.Equal(expected, Join(new ReplyText(isThinking: true, makesParagraphs: true), Characters(text)));
    }

    [Theory]
    [InlineData("""why\n\nso""", 3)]
    [InlineData("""\n\nwhy\nit\n \nso\n\nend""", 11)]
    [InlineData("""why\n\n""", 0)]
    [InlineData("""why\nso""", 0)]
    [InlineData("""\n\nwhy""", 0)]
    [InlineData("why", 0)]
    public void FindCut_FirstPiece_IsItsFirstBlankLine(string text, int expected)
    {
        var thinking = new ReplyText(isThinking: true);
        Assert.Equal(expected, thinking.FindCut(Encoding.UTF8.GetBytes(text)));

        thinking.TryEdit("why"u8, new ByteBuffer(16));
        Assert.Equal(0, thinking.FindCut(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(0, new ReplyText(isThinking: false).FindCut(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void TryEdit_TextAfterTheStart_PassesUnchanged()
    {
        var text = new ReplyText(isThinking: true);
        var output = new ByteBuffer(16);

        Assert.False(text.TryEdit("why"u8, output));
        Assert.False(text.TryEdit(" so"u8, output));
        Assert.True(text.HasStarted);
        Assert.False(text.HasPending);
    }

    [Fact]
    public void TakePending_ReplyOfBlanksOnly_KeepsThem()
    {
        var text = new ReplyText(isThinking: false);
        text.TryEdit(" "u8, new ByteBuffer(16));
        text.TryEdit("\\n"u8, new ByteBuffer(16));

        Assert.True(text.HasPending);
        Assert.Equal(" \\n", Encoding.UTF8.GetString(text.TakePending()));
        Assert.False(text.HasPending);
    }

    [Fact]
    public void End_NextPiece_IsABeginningAgain()
    {
        var text = new ReplyText(isThinking: true);

        Assert.Equal("why", Join(text, ["why", "\\n"]));
        text.End();
        Assert.Equal("so", Join(text, ["\\n", "so"]));
    }

    [Theory]
    [InlineData("<thi")]
    [InlineData("""\u003cthink""")]
    public void TakeTag_BeginningThatLooksLikeATag_IsTheText(string text)
    {
        var (thinking, output) = (new ReplyText(isThinking: true), new ByteBuffer(16));
        Assert.True(thinking.TryEdit(Encoding.UTF8.GetBytes(text), output));
        Assert.True(thinking.HoldsTag);
        Assert.Equal(0, output.Length);

        var tag = thinking.TakeTag();
        Assert.Equal(text, Encoding.UTF8.GetString(tag));
        Assert.False(thinking.HoldsTag);
        Assert.Equal(text, Join(thinking, [text]));
        thinking.End();
        Assert.Equal("", Join(thinking, [text])); // It may be a tag again.
    }

    [Fact]
    public void TryEdit_LastPiece_IsNotHeld()
    {
        var (thinking, output) = (new ReplyText(isThinking: true), new ByteBuffer(16));

        Assert.True(thinking.TryEdit("\\n<thi"u8, output, isLast: true));
        Assert.Equal("<thi", Encoding.UTF8.GetString(output.Span));
    }

    [Fact]
    public void TryEdit_BlanksWithoutEnd_AreCapped()
    {
        var text = new ReplyText(isThinking: false);
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
