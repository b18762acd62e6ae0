using LambdaChat.Models;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>What comes in one chunk with a finish reason, which waits for the end, and what comes after it.</summary>
public sealed class HeldFinishTests
{
    private const string Calls =
        """ "tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments": """;
    private const string Empty = """{"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}""";

    public static TheoryData<string, string> CallsWithoutArguments => new(
        from api in RecordedReply.Apis
        from arguments in (string[])["\"{}\"", "\"\"", "null", "{}", "\" \""]
        select (api, arguments));

    /// <summary>The object that a call without arguments gets comes after the head of the call.</summary>
    [Theory]
    [MemberData(nameof(CallsWithoutArguments))]
    public async Task Call_InTheLastChunk_HasItsHeadFirst(string api, string arguments)
    {
        foreach (var records in (string[][])[[Chunk($"{Calls}{arguments}}}}}]")], [Chunk($"{Calls}{arguments}}}}}]"), Empty]])
        {
            var chunks = MessageRecords.Normalized(records);

            Assert.Equal("||a:f:{}|tools|0|0", (await RecordedReply.ReadAsync(api, chunks)).ToString());
            Assert.Contains("\"id\":\"a\"", chunks[0], StringComparison.Ordinal);
            Assert.Contains("\"finish_reason\":\"tool_calls\"", chunks[^1], StringComparison.Ordinal);
            Assert.Single(chunks, chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void LegacyCall_InTheLastChunk_HasItsNameFirst(string arguments)
    {
        var chunks = MessageRecords.Normalized(Chunk($"\"function_call\":{{\"name\":\"f\",\"arguments\":{arguments}}}"));

        Assert.Contains("\"name\":\"f\"", chunks[0], StringComparison.Ordinal);
        Assert.Contains("\"arguments\":\"{}\"", chunks[1], StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"function_call\"", chunks[2], StringComparison.Ordinal);
        Assert.Equal(3, chunks.Count);
    }

    /// <summary>Some servers write a finish reason into each chunk. A tag may be divided between such chunks.</summary>
    [Fact]
    public void Tags_InChunksWithFinishReasons_AreFound()
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(ChunkLog.Contract(), Stream(
            Chunk("\"content\":\"<thi\""), Chunk("\"content\":\"nk>why</th\""), Chunk("\"content\":\"ink>Hello\""), "[DONE]"));

        Assert.Null(failure);
        Assert.Equal(("why", "Hello"), (log.Text("reasoning_content"), log.Text("content")));
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal));
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"role\":\"assistant\"", StringComparison.Ordinal));
        Assert.Contains("\"content\":\"Hello\"", whole, StringComparison.Ordinal);
    }

    public static TheoryData<string, bool, string> ThinkingInPieces => new(
        from output in Enum.GetNames<ReasoningOutput>()
        from isText in (bool[])[false, true]
        from between in (string[])["", "\"content\":\"\"", "\"reasoning_content\":\"\""]
        select (output, isText, between));

    /// <summary>The thinking goes on behind a finish reason, with its line feeds and in one block.</summary>
    [Theory]
    [MemberData(nameof(ThinkingInPieces))]
    public void Thinking_InChunksWithFinishReasons_IsOneText(string reasoning, bool isText, string between)
    {
        var output = Enum.Parse<ReasoningOutput>(reasoning);
        string[] thinking = isText
            ? ["\"content\":\"<think>First.\\n\\n\"", "\"content\":\"Second.</think>\""]
            : ["\"reasoning_content\":\"First.\\n\\n\"", "\"reasoning_content\":\"Second.\""];
        string[] deltas = [thinking[0], .. between.Length > 0 ? (string[])[between] : [], thinking[1], "\"content\":\"Hi\""];
        var (log, failure, _) = BytesReply.OfAnyCut(
            ChunkLog.Contract(output), Stream([.. deltas.Select(delta => Chunk(delta)), "[DONE]"]));

        Assert.Null(failure);
        AssertTexts(log, output, "First.\n\nSecond.", "Hi");
        Assert.Equal(output == ReasoningOutput.Hidden ? 2 : 3, log.Chunks.Count);
    }

    /// <summary>The finish reason that ends the choice ends the thinking.</summary>
    [Theory]
    [MemberData(nameof(ThinkingInPieces))]
    public void Thinking_WithoutAnAnswer_EndsWithTheChoice(string reasoning, bool isText, string between)
    {
        var output = Enum.Parse<ReasoningOutput>(reasoning);
        var name = isText ? "content" : "reasoning_content";
        string[] deltas = [$"\"{name}\":\"{(isText ? "<think>" : "")}First.\\n\\n\"", between, $"\"{name}\":\"Second.\\n\""];
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(output), Stream(
            [.. deltas.Where(delta => delta.Length > 0).Select(delta => Chunk(delta, "\"length\"")), "[DONE]"]));

        Assert.Null(failure);
        AssertTexts(log, output, "First.\n\nSecond.", "");
    }

    private static void AssertTexts(ChunkLog log, ReasoningOutput output, string thinking, string answer)
    {
        var inField = output is ReasoningOutput.ReasoningContent or ReasoningOutput.Both ? thinking : "";
        Assert.Equal(inField, log.Text("reasoning_content"));
        Assert.Equal(output is ReasoningOutput.Reasoning or ReasoningOutput.Both ? thinking : "", log.Text("reasoning"));
        Assert.Equal(output == ReasoningOutput.Think ? $"<think>{thinking}</think>{answer}" : answer, log.Text("content"));
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
        Assert.Contains("\"finish_reason\":\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"content\":\"\"")]
    [InlineData("\"content\":null")]
    [InlineData("\"reasoning_content\":\"\"")]
    public void Role_InAChunkWithAFinishReason_IsSentFirst(string delta)
    {
        var (log, failure, _) = BytesReply.OfAnyCut(
            ChunkLog.Contract(), Stream(Chunk(delta), Chunk("\"content\":\"a\""), Chunk("\"content\":\"b\""), "[DONE]"));

        Assert.Null(failure);
        Assert.Equal("ab", log.Text("content"));
        Assert.Contains("\"role\":\"assistant\"", log.Chunks[0], StringComparison.Ordinal);
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"role\"", StringComparison.Ordinal));
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"delta":{},"finish_reason":null}""")]
    [InlineData("""{"delta":{"content":""},"finish_reason":null}""")]
    [InlineData("""{"delta":{}},{"index":1,"delta":{}}""")]
    public void TextLikeATag_WithTheFinishReason_PrecedesTheUsage(string choices)
    {
        var usage = $$$"""{"choices":[{{{choices}}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), Stream(Chunk("\"content\":\"<th\""), usage, "[DONE]"));

        Assert.Null(failure);
        Assert.Equal("<th", log.Text("content"));
        Assert.DoesNotContain("\"usage\":{", log.Chunks[0], StringComparison.Ordinal);
        Assert.Contains("\"usage\":{", string.Concat(log.Chunks.Skip(1)), StringComparison.Ordinal);
    }

    /// <summary>Text behind the finish reason, and no further one: the end marker says that this is all.</summary>
    [Theory]
    [InlineData("length", "length")]
    [InlineData("eos_token", "stop")]
    public void Finish_BeforeTheLastText_IsThatOfTheReply(string reason, string expected)
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(ChunkLog.Contract(), Stream(
            """{"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}""",
            $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{{reason}}}"}]}""",
            """{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}""", "[DONE]"));

        Assert.Null(failure);
        Assert.Equal("Hello", log.Text("content"));
        Assert.EndsWith($"\"finish_reason\":\"{expected}\"}}]}}", log.Chunks[^1], StringComparison.Ordinal);
        Assert.Contains($"\"finish_reason\":\"{expected}\"", whole, StringComparison.Ordinal);
    }

    /// <summary>A value without a call does not end a text that may be a part of a tag, and is not sent.</summary>
    [Theory]
    [InlineData("\"tool_calls\":[]")]
    [InlineData("\"tool_calls\":{}")]
    [InlineData("\"tool_calls\":[null]")]
    [InlineData("\"tool_calls\":\"\"")]
    [InlineData("\"function_call\":{}")]
    [InlineData("\"function_call\":{\"name\":\"\",\"arguments\":\"\"}")]
    public void Delta_WithoutACall_IsText(string call)
    {
        string[] texts = ["<th", "", "ink>why</think>Answer", ""];
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract() with { HasTools = true }, Stream(
            [.. texts.Select((text, i) => Chunk($"\"content\":\"{text}\",{call}", i < 3 ? "null" : "\"stop\"")), "[DONE]"]));

        Assert.Null(failure);
        Assert.Equal(("why", "Answer"), (log.Text("reasoning_content"), log.Text("content")));
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain("_call", chunk, StringComparison.Ordinal));
    }

    /// <summary>Some servers count the tokens so far in each chunk.</summary>
    [Fact]
    public void Usage_AfterTheFinishReason_IsTheLast()
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(), Counted(0, "{\"content\":\"a\"}", "stop", 1), Counted(0, "{\"content\":\"\"}", null, 2));

        Assert.Equal(2, (int)TranslatedReply.Aggregate(log.Chunks)["usage"]!["completion_tokens"]!);
        Assert.Equal(2, editor.Usage?.Completion);
        Assert.Contains("\"role\":\"assistant\",\"content\":\"a\"", log.Chunks[0], StringComparison.Ordinal);
        Assert.EndsWith("\"finish_reason\":\"stop\"}]}", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Usage_OfTheChoiceThatEndsLast_IsTheLast()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(choices: 2), Counted(0, "{\"content\":\"a\"}", null, 1), Counted(1, "{\"content\":\"b\"}", null, 2),
            Counted(0, "{}", "stop", 3), Counted(1, "{\"content\":\"c\"}", null, 4));

        var root = TranslatedReply.Aggregate(log.Chunks);
        Assert.Equal(4, (int)root["usage"]!["completion_tokens"]!);
        Assert.Equal(["a", "bc"], root["choices"]!.AsArray().Select(choice => (string?)choice!["message"]!["content"]));
    }

    /// <summary>Nothing of a delta passes if it only waits, also if the chunk has another choice.</summary>
    [Theory]
    [InlineData("\"tool_calls\":[]", "")]
    [InlineData("\"tool_calls\":[{\"index\":0,\"id\":\"a\"}]", "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\"}}]}")]
    [InlineData("\"content\":\"\\n\"", "{\"content\":\"b\"}")]
    public void Delta_ThatWaits_IsEmptyBesideAnotherChoice(string waiting, string next)
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(think: ThinkMode.Off, choices: 2) with { HasTools = true },
            Two("\"content\":\"x\"", "\"role\":\"assistant\""), Two("\"content\":\"y\"", waiting), Counted(1, next.Length > 0 ? next : "{}", null, 1));

        Assert.Contains("\"delta\":{}", log.Chunks[1], StringComparison.Ordinal);
        Assert.Contains("\"content\":\"y\"", log.Chunks[1], StringComparison.Ordinal);
    }

    private static string Stream(params string[] records) => string.Concat(records.Select(record => $"data: {record}\n\n"));

    private static string Chunk(string delta, string reason = "\"stop\"") =>
        $$"""{"choices":[{"index":0,"delta":{"role":"assistant",{{delta}}},"finish_reason":{{reason}}}]}""";

    private static string Counted(int index, string delta, string? reason, int tokens)
    {
        var finish = reason is null ? "null" : $"\"{reason}\"";
        return $$$"""{"choices":[{"index":{{{index}}},"delta":{{{delta}}},"finish_reason":{{{finish}}}}],"usage":{"prompt_tokens":1,"completion_tokens":{{{tokens}}}}}""";
    }

    private static string Two(string first, string second) =>
        $$$"""{"choices":[{"index":0,"delta":{{{{first}}}}},{"index":1,"delta":{{{{second}}}}}]}""";
}
