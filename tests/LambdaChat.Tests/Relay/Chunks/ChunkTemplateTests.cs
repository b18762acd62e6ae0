using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Reasoning;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The fast path for a chunk like the previous one writes the same bytes as the normal path.</summary>
public sealed class ChunkTemplateTests
{
    private static readonly string[] Content = ["a", "b <", "c </th", "ink>", "d", "e\\n", "", "f \\\"", "g <think>", "你好", "🤔", "<",
        "</think>", "h"];

    [Fact]
    public void Chunks_AlikeOrNot_ComeOutTheSame()
    {
        foreach (var output in Enum.GetValues<ReasoningOutput>())
        {
            Assert.All(Enum.GetValues<ThinkMode>(), think => AssertSame(ChunkLog.Contract(output, think)));
        }
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("a < b", false)]
    [InlineData("</thing>", false)]
    [InlineData("\\n\\t", false)]
    [InlineData("a</think>b", true)]
    [InlineData("a</thin", true)]
    [InlineData("a<", true)]
    [InlineData("<<", true)]
    [InlineData("<\\/think>", true)]
    [InlineData("\\u003c/think>", true)]
    public void MayHoldTag_OnlyWhereOneCanBe(string escaped, bool expected) =>
        Assert.Equal(expected, ThinkTags.MayHoldTag(System.Text.Encoding.UTF8.GetBytes(escaped)));

    private static void AssertSame(OutputFormat format)
    {
        List<string> texts =
        [
            .. Content.Select(text => $$"""{"content":"{{text}}"}"""),
            .. Content.Select(text => $$"""{"reasoning":"{{text}}"}"""),
            .. Content.Select(text => $$"""{"reasoning_content":"{{text}}","content":null}"""),
            """{"reasoning":"x","content":"y"}""", """{"reasoning":"x","reasoning_content":"x"}""",
                """{"content":"z","tool_calls":[{"index":0}]}""",
            .. Content.Select(text => $$"""{"content":"{{text}}","extra":1}"""),
        ];
        for (var rotation = 0; rotation < texts.Count; rotation++)
        {
            var rotated = texts.Skip(rotation).Concat(texts.Take(rotation))
                .Select(delta => $$"""{"id":"1","choices":[{"index":0,"delta":{{delta}}}]}""").ToList();
            var alike = ChunkLog.Run(format, rotated).Log.Chunks;
            var unlike = ChunkLog.Run(format, rotated.Select((record, i) => record[..^1] + new string(' ', 1 + (i % 2)) + "}")).Log.Chunks;

            Assert.Equal(
                unlike.Select(chunk => chunk.Replace(" }", "}", StringComparison.Ordinal).Replace(" }", "}", StringComparison.Ordinal)),
                    alike);
        }
    }
}
