using System.Text.Json.Nodes;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed partial class ChunkNormalizerTests
{
    private const string Envelope = """{"id":"1","object":"chat.completion.chunk","created":2,"model":"r1","choices":""";

    [Theory]
    [InlineData("""[{"index":0,"delta":{"role":"assistant","content":"x"},"finish_reason":null}]}""")]
    [InlineData(
        """[ { "index" : 0 , "delta" : { "role":"assistant","content":"\u4f60 \"reasoning\": \/" } , "logprobs":null, "finish_reason" : null } ] , "x" : 1.0e2}""")]
    [InlineData(
        """[{"finish_reason":"tool_calls","delta":{"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"reasoning\":1}"}}]},"index":0}]}""")]
    [InlineData("""[],"usage":{"model":"kept","reasoning":1},"reasoning":"kept"}""")]
    [InlineData("""[],"error":null}""")]
    public void Chunk_ThatIsRight_PassesAsTheBytesThatCame(string rest)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(think: ThinkMode.Off), Envelope + rest);

        Assert.Equal([Envelope + rest], log.Chunks);
    }

    [Theory]
    [InlineData("""{"choices":[]}""", """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[]}""")]
    [InlineData("""{"id":"","object":"text_completion","created":null,"model":"served","choices":null}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[]}""")]
    [InlineData("""{"choices":[{}]}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{"delta":null}]}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{ }]}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{"delta":{ }}]}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant" }}]}""")]
    [InlineData("""{"choices":[{"delta":{}}]}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"role":null,"content":"x"}}]}""",
        """{"id":"own","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"finish_reason":null,"delta":{"content":"x","role":"assistant"}}]}""")]
    [InlineData("{\n \"choices\": [],\r\n \"model\": \"m\"\n}",
        """{"id":"own","object":"chat.completion.chunk","created":1,  "choices": [],   "model": "r1" }""")]
    public void Chunk_ThatLacksSomething_IsRepaired(string record, string expected)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), record);

        Assert.Equal([expected], log.Chunks);
    }

    [Fact]
    public void ToolCall_RepeatedAsFunctionCall_IsSentOnce()
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(think: ThinkMode.Off), Envelope
            + """[{"index":0,"delta":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{ }"},"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{ }"}}]},"finish_reason":"tool_calls"}]}""");

        var deltas = log.Chunks.Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!.AsObject()).ToList();
        Assert.All(deltas, delta => Assert.False(delta.ContainsKey("function_call")));
        Assert.Single(deltas, delta => delta["tool_calls"] is not null);
    }

    [Fact]
    public void Chunks_OfOneReply_HaveTheIdOfTheFirst()
    {
        var (log,
            _) = ChunkLog.Run(ChunkLog.Contract(), """{"id":"a","choices":[]}""", """{"choices":[]}""", """{"id":"b","choices":[]}""");

        Assert.Equal(["a", "a", "a"], log.Chunks.Select(chunk => (string?)JsonNode.Parse(chunk)!["id"]));
    }

    [Fact]
    public void Role_IsNamedOnceForEachChoice()
    {
        var (log,
            _) = ChunkLog.Run(ChunkLog.Contract(choices: 2), Delta("""{"content":"a"}"""),
                Delta("""{"role":"assistant","content":"b"}"""), Delta("""{"role":"assistant","content":"c"}""", index: 1));

        Assert.Equal(["assistant", null, "assistant"],
            log.Chunks.Select(chunk => (string?)JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!["role"]));
    }

    [Fact]
    public void Choices_OneOfThemEmpty_AreRepairedOneByOne()
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(choices: 2), """{"choices":[{"delta":{"content":"x"}},{ }]}""");

        Assert.Equal("x", log.Text("content"));
        Assert.Equal([0, 1], log.Chunks.Select(chunk => (int)JsonNode.Parse(chunk)!["choices"]![0]!["index"]!));
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("{}")]
    public void Index_OfTheOnlyChoice_IsZero(string index)
    {
        var (log, translation) = ChunkLog.Run(ChunkLog.Contract(),
            $$"""{"choices":[{"index":{{index}},"delta":{"content":"x"},"finish_reason":"stop"}]}""");

        Assert.Null(translation.Failure);
        Assert.Equal("x", log.Text("content"));
        Assert.All(log.Chunks, chunk => Assert.Equal(0, (int)JsonNode.Parse(chunk)!["choices"]![0]!["index"]!));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"ping\"")]
    [InlineData("ping 17")]
    [InlineData("[PING]")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"ping"}""")]
    public void Record_WithoutMembers_IsSkipped(string record)
    {
        var (log, translation) = ChunkLog.Run(ChunkLog.Contract(), record, Delta("""{"content":"x"}"""), record);

        Assert.Null(translation.Failure);
        Assert.Single(log.Chunks);
    }

    [Theory]
    [InlineData("""{"reasoning":"x"}""", """{"reasoning_content":"x"}""")]
    [InlineData("""{"reasoning":null,"content":"y"}""", """{"reasoning_content":null,"content":"y"}""")]
    [InlineData("""{"reasoning_content":"x"}""", """{"reasoning_content":"x"}""")]
    [InlineData("""{"reasoning":"x","reasoning_content":"x"}""", """{"reasoning_content":"x"}""")]
    [InlineData("""{"reasoning":"x","reasoning_content":null,"extra":[1]}""", """{"extra":[1],"reasoning_content":"x"}""")]
    [InlineData("""{"reasoning":"","content":"y"}""", """{"reasoning_content":"","content":"y"}""")]
    public void Reasoning_HasOneName(string delta, string expected)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), Delta("""{"role":"assistant"}"""), Delta(delta));

        Assert.Equal(expected, JsonNode.Parse(log.Chunks[^1])!["choices"]![0]!["delta"]!.ToJsonString());
    }

    [Fact]
    public void Reasoning_BesideContent_BecomesASeparateChunk()
    {
        var (log,
            _) = ChunkLog.Run(ChunkLog.Contract(),
                """{"choices":[{"index":0,"delta":{"reasoning":"x","content":"y"},"finish_reason":"stop"}],"usage":{"completion_tokens":2}}""");

        Assert.Equal(2, log.Chunks.Count);
        Assert.Contains("""{"role":"assistant","reasoning_content":"x"}""", log.Chunks[0], StringComparison.Ordinal);
        Assert.Contains("""{"content":"y"},"finish_reason":"stop"}],"usage":{"completion_tokens":2}}""", log.Chunks[1],
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ReasoningOutput.ReasoningContent), """{"reasoning_content":"a"}|{"reasoning_content":"b"}|{"content":"c"}|{}""")]
    [InlineData(nameof(ReasoningOutput.Reasoning), """{"reasoning":"a"}|{"reasoning":"b"}|{"content":"c"}|{}""")]
    [InlineData(nameof(ReasoningOutput.Both),
        """{"reasoning_content":"a","reasoning":"a"}|{"reasoning_content":"b","reasoning":"b"}|{"content":"c"}|{}""")]
    [InlineData(nameof(ReasoningOutput.Think), """{"content":"\u003Cthink\u003Ea"}|{"content":"b"}|{"content":"\u003C/think\u003Ec"}|{}""")]
    [InlineData(nameof(ReasoningOutput.Hidden), """{"content":"c"}|{}""")]
    public void Output_EachOne_IsTheSameForFieldsAndTags(string output, string expected)
    {
        var format = ChunkLog.Contract(Enum.Parse<ReasoningOutput>(output));
        const string Role = """{"role":"assistant","content":""}""";
        string[] fields = ["""{"reasoning":"a"}""", """{"reasoning_content":"b"}""", """{"content":"c"}"""];
        string[] tags = ["""{"content":"<think>a"}""", """{"content":"b"}""", """{"content":"</think>"}""", """{"content":"c"}"""];

        foreach (var deltas in new[] { fields, tags })
        {
            var (log,
                editor) = ChunkLog.Run(format, [Delta(Role), .. deltas.Select(delta => Delta(delta)), Delta("{}", finish: "\"stop\"")]);

            Assert.Equal(expected,
                string.Join('|', log.Chunks.Skip(1).Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!.ToJsonString())));
            Assert.True(editor.IsComplete);
        }
    }

    [Fact]
    public void Think_NoAnswerBeforeTheEnd_IsClosed()
    {
        foreach (var last in new[] { """{}""", """{"content":null}""", """{"content":""}""", """{"tool_calls":[{"index":0}]}""" })
        {
            var (log,
                _) = ChunkLog.Run(ChunkLog.Contract(ReasoningOutput.Think), Delta("""{"reasoning":"a"}"""),
                    Delta(last, finish: "\"stop\""));

            Assert.Equal("<think>a</think>", log.Text("content"));
        }
    }

    [Theory]
    [InlineData("a <b> and <c")]
    [InlineData("well </thin")]
    public void Text_ThatIsNoTag_PassesAsTheBytesThatCame(string text)
    {
        string[] records = [Whole("<think>x", "role"), .. text.Select(character => Whole(character.ToString()))];
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), records);

        Assert.Equal(records[1..].Select(record => record.Replace("\"content\"", "\"reasoning_content\"", StringComparison.Ordinal)),
            log.Chunks[1..]);
        Assert.Equal("x" + text, log.Text("reasoning_content"));
    }

    [Fact]
    public void Text_OfSeveralChoicesInOneChunk_IsSeparated()
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(choices: 2),
            """{"choices":[{"index":0,"delta":{"content":"<think>a"}},{"index":1,"delta":{"content":"b"}}]}""",
            """{"choices":[{"index":1,"delta":{"content":"<think>c"}},{"index":0,"delta":{"content":"d</think>e"}}]}""",
            """{"choices":[{"index":1,"delta":{},"finish_reason":"stop"},{"index":0,"delta":{},"finish_reason":"length"}]}""");

        Assert.Equal(("ad", "e"), (log.Text("reasoning_content"), log.Text("content")));
        Assert.Equal(("", "b<think>c"), (log.Text("reasoning_content", 1), log.Text("content", 1)));
        Assert.True(editor.IsComplete);
    }

    [Fact]
    public void Usage_NotAskedFor_StaysHere()
    {
        var (log,
            editor) = ChunkLog.Run(ChunkLog.Contract() with { HidesUsage = true },
                """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}""");

        Assert.Empty(log.Chunks);
        Assert.Equal(new TokenUsage(3, 4), editor.Usage);
    }

    private static string Delta(string delta, int index = 0, string finish = "null") =>
        $$"""{"choices":[{"index":{{index}},"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    private static string Whole(string text, string? role = null) =>
        $$"""{"id":"1","object":"chat.completion.chunk","created":2,"model":"r1","choices":[{"index":0,"delta":{{{(role is null ? "" : "\"role\":\"assistant\",")}}"content":{{new JsonObject { ["x"] = text }["x"]!.ToJsonString(ChunkLog.Relaxed)}}},"finish_reason":null}]}""";

    private sealed class Sink : IChunkOutput
    {
        public bool Write(ReadOnlySpan<byte> chunk) => true;
    }
}
