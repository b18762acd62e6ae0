using System.Text;
using LambdaChat.Models;
using LambdaChat.Relay.Reasoning;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Reasoning;

public sealed class ThinkTagsTests
{
    [Theory]
    [InlineData("<think>a</think>b", "a", "b")]
    [InlineData("<think>\nwell, 1 < 2 </ok> 🤔\n</think>\n\n答案 ✅", "\nwell, 1 < 2 </ok> 🤔\n", "\n\n答案 ✅")]
    [InlineData(" \r\n\t<think>a</think>b", "a", "b")]
    [InlineData("<think></think>b", "", "b")]
    [InlineData("<think>never closed", "never closed", "")]
    [InlineData("<think>ends in a part of </thin", "ends in a part of </thin", "")]
    [InlineData("<think>a<think>b</think>c</think>d", "a<think>b", "c</think>d")]
    [InlineData("<think>a<</</think></think>b", "a<</", "</think>b")]
    [InlineData("answer <think>is text</think> here", "", "answer <think>is text</think> here")]
    [InlineData("a</think>b", "", "a</think>b")]
    [InlineData("<thinking>x</thinking>", "", "<thinking>x</thinking>")]
    [InlineData("</think>b", "", "b")]
    [InlineData(" \n</think>\n\nb</think>", "", "\n\nb</think>")]
    [InlineData("</thin", "", "</thin")]
    [InlineData("</b>", "", "</b>")]
    [InlineData("<thi", "", "<thi")]
    [InlineData("<", "", "<")]
    [InlineData("  \n", "", "  \n")]
    public void Auto_AnyCut_SeparatesThinkingFromAnswer(string text, string reasoning, string content) =>
        AssertSplit(ThinkMode.Auto, text, reasoning, content);

    [Theory]
    [InlineData("a</think>b", "a", "b")]
    [InlineData("\na\n</think>\n\nb", "\na\n", "\n\nb")]
    [InlineData("<think>a</think>b", "a", "b")]
    [InlineData("</think>b", "", "b")]
    [InlineData("never closed", "never closed", "")]
    [InlineData("<tea> first</think>b<think>c</think>", "<tea> first", "b<think>c</think>")]
    public void Started_AnyCut_BeginsInside(string text, string reasoning, string content) =>
        AssertSplit(ThinkMode.Started, text, reasoning, content);

    [Theory]
    [InlineData("</think>b", "b")]
    [InlineData("\n</think>\n\nb", "\n\nb")]
    [InlineData("<think>a</think>b", "<think>a</think>b")]
    [InlineData("b</think>", "b</think>")]
    [InlineData("</think", "</think")]
    [InlineData("\n\n", "\n\n")]
    public void TurnedOff_AnyCut_DropsOnlyAClosingTagAtTheBeginning(string text, string content)
    {
        var tags = new ThinkTags(ThinkMode.Auto);
        tags.TurnOff();
        Assert.True(tags.IsSeparated);
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(text)))
        {
            tags.TurnOff();
            var (thinking, answer) = Run(tags, pieces);
            Assert.Equal(("", content), (Encoding.UTF8.GetString([.. thinking]), Encoding.UTF8.GetString([.. answer])));
        }
    }

    [Theory]
    [InlineData("<think>a</think>b")]
    public void Off_AnyCut_IsAllAnswer(string text) => AssertSplit(ThinkMode.Off, text, "", text);

    [Theory]
    [InlineData("<think>a", " </thin", "g>", " b</think>c")]
    public void Feed_PartOfATagWithoutTheRest_IsHeldAndReleasedWhole(string first, string second, string third, string fourth)
    {
        var tags = new ThinkTags(ThinkMode.Auto);
        Assert.Equal(ThinkDecision.Split, Feed(tags, first));
        Assert.Equal(ThinkDecision.Held, Feed(tags, second));
        Assert.Equal(ThinkDecision.Reasoning, Feed(tags, third));
        Assert.True(tags.IsThinking);
        Assert.Equal(ThinkDecision.Split, Feed(tags, fourth));
        Assert.Equal((" b", "c"),
            (Encoding.UTF8.GetString(tags.ReasoningIn(0, int.MaxValue)), Encoding.UTF8.GetString(tags.ContentIn(0, int.MaxValue))));
        Assert.True(tags.IsAnswer);
    }

    [Fact]
    public void Feed_EndlessWhiteSpace_IsHeldUpToACap()
    {
        var tags = new ThinkTags(ThinkMode.Auto);
        var decisions = Enumerable.Range(0, 200).Select(_ => Feed(tags, new string(' ', 100))).ToList();

        Assert.Equal(ThinkDecision.Held, decisions[0]);
        Assert.Equal(ThinkDecision.Content, decisions[40]);
    }

    private static ThinkDecision Feed(ThinkTags tags, string text) => tags.Feed(Encoding.UTF8.GetBytes(text));

    private static void AssertSplit(ThinkMode mode, string text, string reasoning, string content)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(text)))
        {
            var (thinking, answer) = Run(new ThinkTags(mode), pieces);
            Assert.Equal((reasoning, content), (Encoding.UTF8.GetString([.. thinking]), Encoding.UTF8.GetString([.. answer])));
        }
    }

    // As in the relay: held text passes unchanged once it is known not to be a tag.
    private static (List<byte> Thinking, List<byte> Answer) Run(ThinkTags tags, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var (thinking, answer, held) = (new List<byte>(), new List<byte>(), new List<byte>());
        foreach (var piece in pieces)
        {
            held.AddRange(piece.Span);
            Take(tags.Feed(piece.Span));
        }

        if (tags.IsHolding)
        {
            Take(tags.End());
        }

        return (thinking, answer);

        void Take(ThinkDecision decision)
        {
            switch (decision)
            {
                case ThinkDecision.Held:
                    return;
                case ThinkDecision.Reasoning:
                    thinking.AddRange(held);
                    break;
                case ThinkDecision.Content:
                    answer.AddRange(held);
                    break;
                default:
                    thinking.AddRange(tags.ReasoningIn(0, int.MaxValue));
                    answer.AddRange(tags.ContentIn(0, int.MaxValue));
                    break;
            }

            held.Clear();
        }
    }
}
