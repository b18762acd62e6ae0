using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Choices of a server that ignores <c>max_tokens</c>.</summary>
public sealed class TokenLimitTests
{
    private readonly ChunkLog _log = new();

    [Fact]
    public void Choice_BeyondItsLimit_EndsAlone()
    {
        var reply = Start(maxTokens: 2, choices: 2);

        Assert.True(Read(reply, Text(0, "a"), Text(0, "b"), Text(1, "x"), Text(0, "c"), Text(0, "d"), Text(1, "y")));
        Assert.False(reply.IsCut);
        Assert.False(Read(reply, Text(1, "z")));

        Assert.Null(reply.End());
        Assert.Equal(("ab", "length", "xy", "length"), (_log.Text("content"), Finish(0), _log.Text("content", 1), Finish(1)));
    }

    [Fact]
    public void Choice_BelowItsLimit_KeepsItsFinishReason()
    {
        var reply = Start(maxTokens: 2, choices: 2);

        Assert.True(Read(reply, Text(0, "a"), Text(1, "x"), Text(0, "b"), Text(0, "c"), Text(0, "d")));
        Assert.False(Read(reply, End(1, "stop")));

        Assert.Null(reply.End());
        Assert.Equal(("ab", "length", "x", "stop"), (_log.Text("content"), Finish(0), _log.Text("content", 1), Finish(1)));
    }

    /// <summary>The server ends the reply before the other choice is beyond its limit.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Choice_ThatTheServerEndsToo_KeepsLength(bool isDone)
    {
        var reply = Start(maxTokens: 1, choices: 3);

        Assert.True(Read(reply, Text(0, "a"), Text(0, "b"), End(0, "stop"), Text(1, "x"), End(1, "stop"), """{"choices":[],"usage":{}}"""));
        Assert.Equal(!isDone, !isDone || reply.TryEdit("[DONE]"u8));

        Assert.Null(reply.End());
        Assert.Equal(("a", "length", "x", "stop"), (_log.Text("content"), Finish(0), _log.Text("content", 1), Finish(1)));
        Assert.Contains("\"usage\":{}", _log.Chunks[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_InOneChunk_AreCutSeparately()
    {
        var reply = Start(maxTokens: 1, choices: 2, ThinkMode.Off);
        const string Both = """{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"x"}}]}""";

        Assert.True(Read(reply, Text(1, "x"), """{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"y"}}]}"""));
        Assert.False(Read(reply, Both));

        Assert.Null(reply.End());
        Assert.Equal(("a", "length", "x", "length"), (_log.Text("content"), Finish(0), _log.Text("content", 1), Finish(1)));
    }

    [Fact]
    public void Choice_OfAServerThatIgnoresTheNumber_EndsAtTheTokensOfAll()
    {
        var reply = Start(maxTokens: 2, choices: 3);

        Assert.True(Read(reply, [.. Enumerable.Repeat(Text(0, "a"), 6)]));
        Assert.False(Read(reply, Text(0, "a")));

        Assert.Null(reply.End());
        Assert.Equal(("aa", "length"), (_log.Text("content"), Finish(0)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Choice_WithoutAnother_EndsTheReply(int choices)
    {
        var reply = Start(maxTokens: 2, choices);

        Assert.True(Read(reply, [Text(0, "a"), Text(0, "b"), .. choices == 2 ? [End(1, "stop")] : Array.Empty<string>()]));
        Assert.False(Read(reply, Text(0, "c")));

        Assert.Null(reply.End());
        Assert.Equal(("ab", "length"), (_log.Text("content"), Finish(0)));
    }

    [Fact]
    public void Choice_BeyondItsLimit_SendsNoTokenMore()
    {
        var reply = Start(maxTokens: 3, choices: 2, ThinkMode.Off);

        Assert.True(Read(reply, Text(1, "x"), Text(0, "a"), Text(0, "b"), Text(0, "c"), Text(0, "d"), Text(0, "e")));

        Assert.Equal("abc", _log.Text("content"));
    }

    [Fact]
    public void Choice_BeyondItsLimitInItsThinking_ClosesTheThinking()
    {
        var reply = new Translation(ChunkLog.Contract(ReasoningOutput.Think) with { MaxTokens = 1 }, _log);

        Assert.True(Read(reply, Thinking("<thi"))); // Waits, because it may be a part of a tag.
        Assert.False(Read(reply, Thinking("s")));

        Assert.Null(reply.End());
        Assert.Equal(("<think><thi</think>", "length"), (_log.Text("content"), Finish(0)));
    }

    [Fact]
    public void Choice_WithoutAFinishReasonBesideOneBeyondItsLimit_IsMissing()
    {
        var reply = Start(maxTokens: 1, choices: 2);

        Assert.True(Read(reply, Text(0, "a"), Text(1, "x"), Text(0, "b")));

        Assert.Equal(FailureKind.NoFinishReason, reply.End()?.Kind);
        Assert.Equal(("a", "x"), (_log.Text("content"), _log.Text("content", 1)));
    }

    private Translation Start(int maxTokens, int choices, ThinkMode think = ThinkMode.Auto) =>
        new(ChunkLog.Contract(choices: choices, think: think) with { MaxTokens = maxTokens }, _log);

    // False once no more records are needed, after the last one.
    private static bool Read(Translation reply, params string[] records)
    {
        Assert.All(records[..^1], record => Assert.True(reply.TryEdit(Encoding.UTF8.GetBytes(record)), record));
        return reply.TryEdit(Encoding.UTF8.GetBytes(records[^1]));
    }

    private string? Finish(int index) => _log.Chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray())
        .Where(choice => (int)choice!["index"]! == index).Select(choice => (string?)choice!["finish_reason"])
        .Single(reason => reason is not null);

    private static string Text(int index, string text) => Choice(index, $$"""{"content":"{{text}}"}""");

    private static string Thinking(string text) => Choice(0, $$"""{"reasoning_content":"{{text}}"}""");

    private static string End(int index, string reason) => Choice(index, $$"""{},"finish_reason":"{{reason}}" """);

    private static string Choice(int index, string delta) => $$"""{"choices":[{"index":{{index}},"delta":{{delta}} }]}""";
}
