using LambdaChat.Models;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Thinking whose only text looks like a part of a tag, whatever ends it, is delivered in front of what follows.</summary>
public sealed class ThinkingEndTests
{
    private const string Finish = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Call =
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}}]}""";

    [Theory]
    [InlineData(Finish)]
    [InlineData(Call)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"refusal":"x"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"function_call":{"name":"f"}}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"abort"}]}""")]
    [InlineData(null)]
    public void Thinking_ThatLooksLikeATag_PrecedesWhatEndsIt(string? next)
    {
        foreach (var name in new[] { "reasoning", "reasoning_content" })
        {
            foreach (var pieces in new[] { new[] { "<thi" }, ["<", "t", "hi"], ["\\n", "<thi"] })
            {
                var log = Run(ChunkLog.Contract(), [.. pieces.Select(text => Thinking(name, text)), .. next is null ? [] : new[] { next }]);
                Assert.Equal("<thi", log.Text("reasoning_content"));
                Assert.Contains("<thi", log.Chunks[0], StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Thinking_WithTheFinishReason_IsDelivered()
    {
        var log = Run(ChunkLog.Contract(),
            """{"choices":[{"index":0,"delta":{"reasoning":"<thi"},"finish_reason":"length"}]}""");

        Assert.Equal("<thi", log.Text("reasoning_content"));
        Assert.Contains("\"finish_reason\":\"length\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReasoningOutput.Think, "<think><thi</think>x", "")]
    [InlineData(ReasoningOutput.Hidden, "x", "")]
    [InlineData(ReasoningOutput.Both, "x", "<thi")]
    internal void Thinking_InEachOutput_IsDelivered(ReasoningOutput output, string content, string reasoning)
    {
        var log = Run(ChunkLog.Contract(output), Thinking("reasoning", "<thi"),
            """{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}""");

        Assert.Equal((content, reasoning, reasoning), (log.Text("content"), log.Text("reasoning_content"), log.Text("reasoning")));
    }

    [Fact]
    public void Thinking_OfTwoChoices_IsDeliveredForEach()
    {
        var log = Run(ChunkLog.Contract(choices: 2),
            """{"choices":[{"index":0,"delta":{"reasoning":"<"}},{"index":1,"delta":{"reasoning":"<think"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}""");

        Assert.Equal(("<", "<think", "a", "b"),
            (log.Text("reasoning_content"), log.Text("reasoning_content", 1), log.Text("content"), log.Text("content", 1)));
    }

    [Fact]
    public void Thinking_BetweenTagsInTheText_IsDelivered()
    {
        var log = Run(ChunkLog.Contract(), """{"choices":[{"index":0,"delta":{"content":"<think><thi</think>x"}}]}""", Finish);

        Assert.Equal(("<thi", "x"), (log.Text("reasoning_content"), log.Text("content")));
    }

    [Fact]
    public void Thinking_AtTheTokenLimit_DoesNotCutTheReply()
    {
        var log = Run(ChunkLog.Contract() with { MaxTokens = 2 }, Thinking("reasoning", "<thi"),
            """{"choices":[{"index":0,"delta":{"content":"x"}}]}""", Finish);

        Assert.Equal(("<thi", "x"), (log.Text("reasoning_content"), log.Text("content")));
        Assert.Contains("\"finish_reason\":\"stop\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_ThatBeginsWithTheClosingTag_LosesIt()
    {
        var log = Run(ChunkLog.Contract(), Thinking("reasoning", "why"),
            """{"choices":[{"index":0,"delta":{"content":"</th"}}]}""", """{"choices":[{"index":0,"delta":{"content":"ink>\nx"}}]}""", Finish);

        Assert.Equal(("why", "\nx"), (log.Text("reasoning_content"), log.Text("content")));
    }

    private static string Thinking(string name, string text) => $$$"""{"choices":[{"index":0,"delta":{"{{{name}}}":"{{{text}}}"}}]}""";

    private static ChunkLog Run(LambdaChat.Relay.Chunks.OutputFormat format, params IEnumerable<string> records)
    {
        var log = new ChunkLog();
        var editor = new Support.Translation(format, log);
        foreach (var record in records)
        {
            editor.TryEdit(System.Text.Encoding.UTF8.GetBytes(record));
        }

        editor.End();
        return log;
    }
}
