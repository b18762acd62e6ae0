using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>What a choice that ends adds to its tool calls, and what it leaves.</summary>
public sealed class ToolCallEndTests
{
    private const string Head = """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]""";
    private const string Arguments = """[{"index":0,"function":{"arguments":"{\"x\":1}"}}]""";

    [Theory]
    [InlineData("stop", "{}")]
    [InlineData("tool_calls", "{}")]
    [InlineData("function_call", "{}")]
    [InlineData("length", "")]
    [InlineData("content_filter", "")]
    public void Call_WithoutArguments_HasAnObjectIfTheChoiceIsComplete(string reason, string expected)
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(), Chunk(Head), Chunk("[]", $"\"{reason}\""));

        Assert.True(editor.IsComplete);
        Assert.Equal(expected, ArgumentsOf(log));
        Assert.Contains("\"finish_reason\":\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    /// <summary>An empty object may be a placeholder. It is sent when the choice ends or more of the answer follows.</summary>
    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    [InlineData("stop")]
    public void Call_WithAnEmptyObject_KeepsIt(string reason)
    {
        var head = Head.Replace("\"arguments\":\"\"", "\"arguments\":\"{}\"", StringComparison.Ordinal);
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), Chunk(head), Chunk("[]", $"\"{reason}\""));

        Assert.Equal(["", "{}", null], log.Chunks.Select(ArgumentsOf));
    }

    [Theory]
    [InlineData("content", "x", true)]
    [InlineData("content", "\\n", false)]
    [InlineData("reasoning_content", "x", true)]
    [InlineData("refusal", "x", true)]
    public void Call_WithAnEmptyObject_HasItBeforeMoreOfTheAnswer(string member, string text, bool isSent)
    {
        var head = Head.Replace("\"arguments\":\"\"", "\"arguments\":\"{}\"", StringComparison.Ordinal);
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract() with { HasTools = true }, log);
        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Chunk(head))));
        Assert.Equal("", ArgumentsOf(log));

        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes($$$"""{"choices":[{"index":0,"delta":{"{{{member}}}":"{{{text}}}"}}]}""")));
        Assert.Equal(isSent ? "{}" : "", ArgumentsOf(log));
        Assert.Equal(isSent ? ["", "{}", null] : [""], log.Chunks.Select(ArgumentsOf));
    }

    /// <summary>
    /// OpenAI's SDKs parse the arguments of a call when a chunk has the index of the next one:
    /// https://github.com/openai/openai-node/blob/main/src/lib/ChatCompletionStream.ts
    /// </summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public void Call_WithAnEmptyObject_HasItBeforeTheNextCall(string arguments)
    {
        var head = Head.Replace("\"arguments\":\"\"", $"\"arguments\":\"{arguments}\"", StringComparison.Ordinal);
        var next = Head.Replace("\"index\":0,\"id\":\"a\"", "\"index\":1,\"id\":\"b\"", StringComparison.Ordinal);
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract() with { HasTools = true }, log);
        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Chunk(head))));
        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Chunk(next))));

        var calls = JsonNode.Parse(log.Chunks[^1])!["choices"]![0]!["delta"]!["tool_calls"]!.AsArray();
        Assert.Equal(["0 {}", "1 "], calls.Select(call => $"{call!["index"]} {call["function"]!["arguments"]}"));
    }

    /// <summary>vLLM before 0.32 reports calls that the token limit has cut as complete.</summary>
    [Theory, Trait("reported", "R45")]
    [InlineData("tool_calls", "{\\\"x\\\": \\\"Par", "length")]
    [InlineData("stop", "{\\\"x\\\": \\\"Par", "length")]
    [InlineData("function_call", "[", "length")]
    [InlineData("content_filter", "{", "content_filter")]
    [InlineData("tool_calls", "{\\\"x\\\": \\\"Paris\\\"}", "tool_calls")]
    [InlineData("tool_calls", "no JSON", "tool_calls")]
    [InlineData("stop", " ", "tool_calls")]
    public void Call_WithArgumentsThatAreCut_EndsWithLength(string reason, string arguments, string expected)
    {
        var piece = Arguments.Replace("{\\\"x\\\":1}", arguments, StringComparison.Ordinal);
        foreach (var last in (string[][])[[Chunk(piece), Chunk("[]", $"\"{reason}\"")], [Chunk(piece, $"\"{reason}\"")]])
        {
            var (log, editor) = ChunkLog.Run(ChunkLog.Contract() with { HasTools = true }, [Chunk(Head), .. last]);

            Assert.True(editor.IsComplete);
            Assert.Equal(expected, (string?)TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["finish_reason"]);
            Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
        }
    }

    /// <summary>Arguments that follow a finish reason complete the call.</summary>
    [Fact]
    public void Call_WithAFinishReasonWithinItsArguments_IsNotCut()
    {
        const string begin = """[{"index":0,"function":{"arguments":"{\"x\""}}]""";
        const string end = """[{"index":0,"function":{"arguments":":1}"}}]""";
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(), Chunk(Head), Chunk(begin, "\"tool_calls\""), Chunk(end), Chunk("[]", "\"tool_calls\""));

        Assert.DoesNotContain(log.Chunks, chunk => chunk.Contains("length", StringComparison.Ordinal));
        Assert.Equal("""{"x":1}""", ArgumentsOf(log));
    }

    [Fact]
    public void Call_WithoutArguments_HasAnObjectBeforeTheUsage()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(), Chunk(Head), Chunk("[]", "\"stop\""),
            """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}""");

        Assert.Equal(["", "{}", null, null], log.Chunks.Select(ArgumentsOf));
    }

    /// <summary>A finish reason that more of the reply follows ends nothing.</summary>
    [Theory]
    [InlineData("\"stop\"")]
    [InlineData("\"tool_calls\"")]
    public void Call_WithAFinishReasonBeforeItsArguments_HasItsOwn(string reason)
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(), Chunk(Head, reason), Chunk(Arguments, reason),
            Chunk(Head.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), reason), Chunk(Arguments, reason), Chunk("[]", reason));

        var calls = TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(["""a{"x":1}""", """b{"x":1}"""], calls.Select(call => $"{call!["id"]}{call["function"]!["arguments"]}"));
    }

    /// <summary>transformers ends each call with a finish reason, the reply with <c>stop</c>, and sends no <c>[DONE]</c>.</summary>
    [Fact]
    public void Calls_WithAFinishReasonEach_AreComplete()
    {
        string[] records =
        [
            Chunk(Head), Chunk(Arguments), Chunk("[]", "\"tool_calls\""), """{"choices":[{"index":0,"delta":{"content":"\n"}}]}""",
            Chunk(Head), Chunk(Arguments), Chunk("[]", "\"tool_calls\""), Chunk("[]", "\"stop\""),
        ];
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract() with { HasTools = true }, log);
        Assert.All(records, record => Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(record))));

        Assert.Null(editor.End());
        var calls = TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(["""a{"x":1}""", """a~2{"x":1}"""], calls.Select(call => $"{call!["id"]}{call["function"]!["arguments"]}"));
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"tool_calls\"", StringComparison.Ordinal));
    }

    /// <summary>A finish reason in each chunk does not show that the reply is complete.</summary>
    [Theory]
    [InlineData("tool_calls")]
    [InlineData("stop")]
    public void Calls_WithAFinishReasonInEachChunk_AreNotComplete(string reason)
    {
        var editor = new Translation(ChunkLog.Contract(), new ChunkLog());
        Assert.All(
            (string[])[Head, Arguments],
            calls => Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Chunk(calls, $"\"{reason}\"")))));

        Assert.Equal(new ReplyFailure(FailureKind.NoFinishReason), editor.End());
    }

    [Fact]
    public void Call_OfAFailedReply_IsNotCompleted()
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(), Chunk(Head), """{"choices":[]}""");

        Assert.False(editor.IsComplete);
        Assert.Equal("", ArgumentsOf(log));
    }

    /// <summary>The name and the input of a custom tool are in another member.</summary>
    [Fact]
    public void CustomCall_KeepsItsForm()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract() with { HasTools = true },
            Chunk("""[{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":"x "}}]"""),
            Chunk("""[{"index":0,"custom":{"input":"{y"}}]"""),
            Chunk("""[{"index":0,"id":"b","type":"custom","custom":{"name":"g","input":""}}]"""),
            Chunk("[]", "\"tool_calls\""));

        var calls = TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["message"]!["tool_calls"]!;
        Assert.Equal(
            """[{"id":"a","type":"custom","custom":{"name":"f","input":"x {y"}},{"id":"b","type":"custom","custom":{"name":"g","input":""}}]""",
            calls.ToJsonString());
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain("\"function\"", chunk, StringComparison.Ordinal));
    }

    [Fact]
    public void CustomCall_OfADocument_KeepsItsForm()
    {
        const string call = """{"id":"a","type":"custom","custom":{"name":"f","input":"x"}}""";

        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(), $$$"""{"choices":[{"message":{"tool_calls":[{{{call}}}]},"finish_reason":"tool_calls"}]}""");

        Assert.Equal(call, TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["message"]!["tool_calls"]![0]!.ToJsonString());
    }

    private static string ArgumentsOf(ChunkLog log) => string.Concat(log.Chunks.Select(ArgumentsOf));

    private static string? ArgumentsOf(string chunk) => (string?)JsonNode.Parse(chunk)!["choices"]!.AsArray()
        .FirstOrDefault()?["delta"]!["tool_calls"]?[0]!["function"]!["arguments"];

    private static string Chunk(string calls, string reason = "null") =>
        $$$"""{"id":"r1","choices":[{"index":0,"delta":{"tool_calls":{{{calls}}}},"finish_reason":{{{reason}}}}]}""";
}
