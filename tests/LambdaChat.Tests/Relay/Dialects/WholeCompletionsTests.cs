using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class WholeCompletionsTests
{
    private const string Start = """{"id":"c1","object":"chat.completion","created":7,"model":"served","choices":[""";

    [Fact]
    public void Completion_OfOneChoice_BecomesItsChunks()
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(),
            Start + """{"index":0,"message":{"role":"assistant","content":"Hi 你","refusal":null},"logprobs":{"content":[{"token":"Hi"}]},"finish_reason":"length","stop_reason":7}],"usage":{"prompt_tokens":1,"completion_tokens":2},"system_fingerprint":"f","prompt_token_ids":[1,2]}""");

        Assert.Equal(
            [
                """{"object":"chat.completion.chunk","id":"c1","created":7,"model":"r1","system_fingerprint":"f","prompt_token_ids":[1,2],"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi 你","refusal":null},"logprobs":{"content":[{"token":"Hi"}]},"finish_reason":null}]}""",
                """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[{"index":0,"delta":{},"finish_reason":"length","stop_reason":7}]}""",
                """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}""",
            ],
            log.Chunks);
        Assert.True(editor.IsComplete);
        Assert.Equal(new TokenUsage(1, 2), editor.Usage);
    }

    [Fact]
    public void Completion_WithThinking_SendsTheThinkingFirst()
    {
        foreach (var message in new[]
        {
            """{"role":"assistant","content":"a","reasoning":"t"}""",
            """{"role":"assistant","reasoning_content":"t","content":"a"}""",
            """{"role":"assistant","content":"<think>t</think>a"}""",
        })
        {
            var (log,
                editor) = ChunkLog.Run(ChunkLog.Contract(), $$"""{{Start}}{"index":0,"message":{{message}},"finish_reason":"stop"}]}""");

            Assert.Equal("""{"role":"assistant","reasoning_content":"t"}""", Delta(log.Chunks[0]));
            Assert.Equal(("t", "a"), (log.Text("reasoning_content"), log.Text("content")));
            Assert.All(log.Chunks,
                chunk => Assert.Equal(("c1", 7), ((string)JsonNode.Parse(chunk)!["id"]!, (int)JsonNode.Parse(chunk)!["created"]!)));
            Assert.True(editor.IsComplete);
        }
    }

    [Theory]
    [InlineData("FINISH_REASON_UNSPECIFIED")]
    [InlineData("none")]
    [InlineData("")]
    public void Completion_WithAReasonThatSaysNothing_IsComplete(string reason)
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(), $$"""{{Start}}{"index":0,"message":{"content":"a"},"finish_reason":"{{reason}}"}]}""");

        Assert.True(editor.IsComplete);
        Assert.Contains("\"finish_reason\":\"stop\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_WithToolCalls_NumbersThem()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(),
            Start + """{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"index":9,"id":"b","type":"function","function":{"name":"g","arguments":"{ }"}}]},"finish_reason":"tool_calls"}]}""");

        Assert.Equal(
            """[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{ }"}}]""",
            JsonNode.Parse(log.Chunks[0])!["choices"]![0]!["delta"]!["tool_calls"]!.ToJsonString(ChunkLog.Relaxed));
        Assert.Equal("tool_calls", (string?)JsonNode.Parse(log.Chunks[1])!["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void Completion_WithEmptyToolCalls_HasNone() =>
        Assert.Equal(
            """{"role":"assistant","content":"x"}""",
            Delta(ChunkLog.Run(ChunkLog.Contract(), Start +
                """{"index":0,"message":{"role":"assistant","content":"x","tool_calls":[]},"finish_reason":"stop"}]}""").Log.Chunks[0]));

    [Theory]
    [InlineData("\"index\":1,", "\"index\":0,")]
    [InlineData("", "")]
    public void Completion_OfSeveralChoices_KeepsThemApart(string first, string second)
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(choices: 2),
            $$$"""{{{Start}}}{{{{first}}}"message":{"content":"a","reasoning":"t"},"finish_reason":"stop"},{{{{second}}}"message":{"content":"b"},"finish_reason":"length"}]}""");

        var index = first.Length > 0 ? 1 : 0;
        Assert.Equal(("t", "a"), (log.Text("reasoning_content", index), log.Text("content", index)));
        Assert.Equal(("", "b"), (log.Text("reasoning_content", 1 - index), log.Text("content", 1 - index)));
        Assert.True(editor.IsComplete);
    }

    [Theory]
    [InlineData("""{"message":{"content":"x"},"finish_reason":"stop"},{}""")]
    [InlineData("""{"message":{"content":"x"},"finish_reason":"stop"},{"message":null}""")]
    [InlineData("""{"message":{"content":"x"},"finish_reason":"stop"},{"message":[]}""")]
    [InlineData("""{"message":{"content":"x","tool_calls":[1]},"finish_reason":"stop"}""")]
    public void Completion_WithAChoiceInAnotherForm_IsCorrupt(string choices)
    {
        var editor = new Translation(ChunkLog.Contract(), new ChunkLog());

        Assert.False(editor.TryEdit(Encoding.UTF8.GetBytes($"{Start}{choices}]}}")));
        Assert.Equal(FailureKind.CorruptStream, editor.Failure?.Kind);
    }

    [Theory]
    [InlineData("""{"generated_text":"<think>t</think>你\n"}""")]
    [InlineData("""[{"generated_text":"<think>t</think>你\n"}]""")]
    [InlineData(""" [ { "generated_text" : "<think>t</think>\u4f60\n" , "details" : null } ] """)]
    public void GeneratedText_BecomesAReply(string record)
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(), record);

        Assert.Equal(("t", "你\n"), (log.Text("reasoning_content"), log.Text("content")));
        Assert.Equal(["own"], log.Chunks.Select(chunk => (string?)JsonNode.Parse(chunk)!["id"]).Distinct());
        Assert.True(editor.IsComplete);
    }

    [Fact]
    public void GeneratedText_WithDetails_HasTheirFinishReason()
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), """{"generated_text":"x","details":{"finish_reason":"length"}}""");

        Assert.Equal("length", (string?)JsonNode.Parse(log.Chunks[^1])!["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("[]", null)]
    [InlineData("[1]", null)]
    [InlineData("[[[]]]", null)]
    [InlineData("[{\"error\":\"boom\"}]", FailureKind.ContainerError)]
    internal void Array_WithoutAText_IsNoReply(string record, FailureKind? expected)
    {
        var editor = new Translation(ChunkLog.Contract(), new ChunkLog());

        editor.TryEdit(Encoding.UTF8.GetBytes(record));
        Assert.Equal(expected, editor.Failure?.Kind);
        Assert.False(editor.IsFinished);
    }

    [Theory]
    [InlineData(
        """{"index":0,"message":{"role":"assistant","content":"x","reasoning_content":"t","refusal":null,"annotations":[1]},"logprobs":{"content":[{"token":"x"}]},"finish_reason":"stop","token_ids":[5]}],"usage":{"prompt_tokens":1},"prompt_token_ids":[1,2]}""")]
    [InlineData(
        """{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"annotations":[],"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}""")]
    public void Completion_JoinedAgain_IsTheSame(string rest)
    {
        var builder = new CompletionBuilder();
        var editor = new Translation(ChunkLog.Contract(ReasoningOutput.ReasoningContent), builder);
        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Start + rest)));
        Assert.Null(editor.End());
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        builder.WriteTo(output);

        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(Start.Replace("served", "r1", StringComparison.Ordinal) + rest),
                JsonNode.Parse(output.WrittenSpan)), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Delta(string chunk) => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!.ToJsonString();
}
