using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Reasoning;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The fast path for a chunk like the previous one writes the same bytes as the normal path.</summary>
public sealed class ChunkTemplateTests
{
    private static readonly string[] Content = ["a", "b <", "c </th", "ink>", "d", "e\\n", "", "f \\\"", "g <think>", "你好", "🤔", "<",
        "</think>", "h", "i\\nj", "\\n\\n", "k\\\\", "\\t", "l\\n\\nm", "n < o\\n", "p\\u003c", "\\ud83d", "q\\n"];

    [Fact]
    public void Chunks_AlikeOrNot_ComeOutTheSame()
    {
        foreach (var output in Enum.GetValues<ReasoningOutput>())
        {
            Assert.All(Enum.GetValues<ThinkMode>(), think => AssertSame(ChunkLog.Contract(output, think)));
        }
    }

    /// <summary>The closing tag belongs to one chunk only, however many chunks there were before it.</summary>
    [Theory]
    [InlineData("reasoning_content", "{0}")]
    [InlineData("content", "<think>{0}</think>")]
    public void ThinkingAsText_OfAnyLength_IsClosedOnce(string name, string form)
    {
        for (var count = 1; count <= 40; count++)
        {
            var pieces = Enumerable.Range(0, count).Select(i => $"t{i}").ToList();
            pieces[0] = form.Split("{0}")[0] + pieces[0];
            pieces[^1] += form.Split("{0}")[1];
            IEnumerable<string> deltas =
                [.. pieces.Select(piece => $$"""{"{{name}}":"{{piece}}"}"""), .. ((string[])["a", "b", "c"]).Select(Delta)];
            var (log, _) = ChunkLog.Run(
                ChunkLog.Contract(ReasoningOutput.Think), deltas.Select(delta => $$"""{"choices":[{"index":0,"delta":{{delta}}}]}"""));

            var thinking = string.Concat(Enumerable.Range(0, count).Select(i => $"t{i}"));
            Assert.Equal($"<think>{thinking}</think>abc", log.Text("content"));
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

    private static string Delta(string text) => $$"""{"content":"{{text}}"}""";

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
            Delta("p"), """{"reasoning":"thinking that only the answer after the blank ends"}""", Delta(" "), Delta("s"), """{"reasoning":"\n\nt"}""",
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
