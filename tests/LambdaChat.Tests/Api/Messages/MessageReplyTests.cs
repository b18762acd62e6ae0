using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Relay.Chunks;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Replies of the Messages API, each streamed and whole. Many cases are reported faults of other translators.</summary>
public sealed class MessageReplyTests
{
    [Fact]
    public async Task Text_Alone_HasTheEventsOfTheContract()
    {
        var body = await MessageReply.StreamAsync(Normalized(Text("Hel"), Text("lo \\\"x\\\""), Stop, Usage));

        Assert.Equal(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_req-1","type":"message","role":"assistant","model":"r1","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0,"output_tokens_details":null,"server_tool_use":null,"cache_creation":null,"inference_geo":null,"service_tier":null}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":null}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo \"x\""}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,"container":null},"usage":{"input_tokens":10,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":3,"output_tokens_details":null,"server_tool_use":null}}

            event: message_stop
            data: {"type":"message_stop"}


            """.ReplaceLineEndings("\n"), body);
    }

    [Fact, Trait("reported", "M15")]
    public async Task Whole_TextAndCall_IsTheDocumentOfTheContract()
    {
        var (status, body) = await MessageReply.WholeAsync(
            Normalized(Thinking("t"), Text("a"), Call(0, "c1", "f", "{\\\"x\\\":1}"), Stop, Usage));

        Assert.Equal(200, status);
        Assert.Equal(
            """{"id":"msg_req-1","type":"message","role":"assistant","model":"r1","content":[{"type":"thinking","thinking":"t","signature":"bm90IHNpZ25lZA=="},{"type":"text","text":"a","citations":null},{"type":"tool_use","id":"c1","name":"f","caller":{"type":"direct"},"input":{"x":1}}],"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":3,"output_tokens_details":null,"server_tool_use":null,"cache_creation":null,"inference_geo":null,"service_tier":null}}""",
            body.ToJsonString());
    }

    [Fact, Trait("reported", "M1 M2 M12 M15")]
    public async Task Thinking_ThenTextThenThinking_HasABlockEach()
    {
        var (message, stream) = await ReadAsync(Thinking("a"), Thinking("b"), Text("c"), Thinking("d"), Stop);

        Assert.Equal(["thinking:ab", "text:c", "thinking:d"], Blocks(message));
        Assert.Single(stream.Names, "message_start");
    }

    [Fact, Trait("reported", "M3")]
    public async Task Call_AfterARoleChunk_HasNoEmptyText()
    {
        var (message, _) = await ReadAsync(
            """{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}""", Call(0, "c1", "f", "{}"), Stop);

        Assert.Equal(["c1:f:{}"], Blocks(message));
        Assert.Equal("tool_use", (string?)message["stop_reason"]);
    }

    [Fact, Trait("reported", "M7")]
    public async Task Calls_InParallel_AreABlockEach()
    {
        var (message, _) = await ReadAsync(
            Text("x"), Call(0, "c1", "f", ""), Arguments(0, "{\\\"a\\\":"), Arguments(0, "1}"), Call(1, "c2", "g", "{}"), Stop);

        Assert.Equal(["text:x", "c1:f:{\"a\":1}", "c2:g:{}"], Blocks(message));
        Assert.Equal("tool_use", (string?)message["stop_reason"]);
    }

    [Fact, Trait("reported", "M8")]
    public async Task Calls_ThatAlternate_AreWrittenOneAfterAnother()
    {
        var (message, _) = await ReadAsync(
            Call(0, "c1", "f", ""), Call(1, "c2", "g", ""), Arguments(0, "{\\\"a\\\":"), Arguments(1, "{\\\"b\\\":"), Text("late"),
            Arguments(1, "2}"), Arguments(0, "1}"), Call(2, "c3", "h", "{}"), Stop);

        Assert.Equal(["c1:f:{\"a\":1}", "c2:g:{\"b\":2}", "text:late", "c3:h:{}"], Blocks(message));
    }

    [Fact]
    public async Task Calls_WithIdsThatTheConversationHas_GetOthers()
    {
        var (message, _) = await ReadAsync(
            Call(0, MessageReply.EarlierCall, "f", "{}"), Call(1, "c2", "f", "{}"), Call(2, "c2", "g", "{}"), Stop);

        Assert.Equal(["earlier~2:f:{}", "c2:f:{}", "c2~2:g:{}"], Blocks(message));
    }

    [Fact]
    public async Task Call_WithoutArguments_HasAnEmptyInput()
    {
        var (message, _) = await ReadAsync(Call(0, "c1", "f", ""), Call(1, "c2", "g", ""), Text("x"), Stop);

        Assert.Equal(["c1:f:{}", "c2:g:{}", "text:x"], Blocks(message));
    }

    [Theory, Trait("reported", "M16")]
    [InlineData("{\\\"a\\\":\\\"x", """{"INVALID_JSON":"{\"a\":\"x"}""")]
    [InlineData("[1]", """{"INVALID_JSON":"[1]"}""")]
    [InlineData("{} {}", """{"INVALID_JSON":"{} {}"}""")]
    [InlineData("{\\\"\\u00fc\\\":\\\"\\\\u00fc\\\\n\\\"}", """{"ü":"ü\n"}""")]
    [InlineData(" ", "{}")]
    public async Task Call_WithDamagedArguments_KeepsThem(string arguments, string input)
    {
        var (message, _) = await ReadAsync(Call(0, "c1", "f", arguments), Stop);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(input), message["content"]![0]!["input"]), message.ToJsonString());
    }

    [Theory]
    [InlineData("length")]
    [InlineData("tool_calls")] // As vLLM says it: https://github.com/vllm-project/vllm/issues/47761
    [InlineData("stop")]
    public async Task Call_CutByTheLimit_SaysSo(string reason)
    {
        var (message, _) = await ReadAsync(
            Call(0, "c1", "f", "{}"), Call(1, "c2", "f", "{\\\"a\\\":\\\"b"), $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}""");

        Assert.Equal("max_tokens", (string?)message["stop_reason"]);
    }

    [Theory]
    [InlineData("{}}")]
    [InlineData("no JSON")]
    public async Task Call_WithArgumentsThatAreNotCut_IsATool(string arguments)
    {
        var (message, _) = await ReadAsync(Call(0, "c1", "f", arguments), Stop);

        Assert.Equal("tool_use", (string?)message["stop_reason"]);
    }

    [Theory, Trait("reported", "M27")]
    [InlineData("stop", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("content_filter", "refusal")]
    [InlineData("tool_calls", "end_turn")] // Without a call.
    [InlineData("some_new_reason", "end_turn")]
    public async Task FinishReason_OfAText_IsInAnthropicsWords(string reason, string expected)
    {
        var (message, _) = await ReadAsync(
            Text("x"), $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}""");

        Assert.Equal(expected, (string?)message["stop_reason"]);
    }

    [Fact]
    public async Task Refusal_AsADelta_IsTextAndARefusal()
    {
        var (message, _) = await ReadAsync("""{"choices":[{"delta":{"refusal":"No."}}]}""", Stop);

        Assert.Equal(["text:No."], Blocks(message));
        Assert.Equal("refusal", (string?)message["stop_reason"]);
    }

    [Theory, Trait("reported", "M16")]
    [InlineData(""" "stop_reason":"END" """, "stop_sequence", "END")]
    [InlineData(""" "matched_stop":"\u0045ND" """, "stop_sequence", "END")]
    [InlineData(""" "stop_reason":"other" """, "end_turn", null)]
    [InlineData(""" "stop_reason":151645 """, "end_turn", null)]
    [InlineData(""" "stop_reason":null """, "end_turn", null)]
    public async Task StopSequence_ThatMatched_IsReported(string member, string reason, string? sequence)
    {
        var (message, _) = await MessageReply.ReadAsync(
            Normalized(Text("x"), $$"""{"choices":[{"delta":{},"finish_reason":"stop",{{member}}}]}"""), "\n\n", "END");

        Assert.Equal((reason, sequence), ((string?)message["stop_reason"], (string?)message["stop_sequence"]));
    }

    [Fact]
    public async Task StopReason_OfTheServer_WithoutStopSequences_IsIgnored()
    {
        var (message, _) = await ReadAsync(Text("x"), """{"choices":[{"delta":{},"finish_reason":"stop","stop_reason":"END"}]}""");

        Assert.Equal("end_turn", (string?)message["stop_reason"]);
    }

    [Fact, Trait("reported", "M4 M17 M18")]
    public async Task Usage_WithEachChunk_IsInTheFirstEvent()
    {
        const string Chunk =
            """{"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"audio_tokens":null,"cached_tokens":64}}}""";
        const string Last =
            """{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":5,"x":{}}}}""";
        var (message, stream) = await ReadAsync(Chunk, Stop, Last);

        Assert.Equal((36, 64, 1), Numbers(stream.FirstUsage!));
        Assert.Equal((36, 64, 9), Numbers(message["usage"]!.AsObject()));
        Assert.Equal(5, (int?)message["usage"]!["output_tokens_details"]!["thinking_tokens"]);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":-1,"prompt_tokens_details":null}""")]
    [InlineData("""{"prompt_tokens":"1","completion_tokens":1.5,"prompt_tokens_details":[]}""")]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":7}}""")]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-1},"cached_tokens":1}""")]
    [InlineData("""{"cached_tokens":7,"completion_tokens":2,"prompt_tokens":3}""")]
    [InlineData("""{"completion_tokens":2,"prompt_cache_hit_tokens":3}""")]
    [InlineData("{}")]
    public async Task Usage_Damaged_IsThatOfTheLog(string usage)
    {
        var (message, _) = await ReadAsync(Text("x"), Stop, $$"""{"choices":[],"usage":{{usage}}}""");

        var (input, cached, output) = Numbers(message["usage"]!.AsObject());
        var log = TokenUsage.Read(Encoding.UTF8.GetBytes(usage)) ?? new TokenUsage(0, 0);
        Assert.Equal<(long?, long?, long?)>((log.Prompt, log.Cached ?? 0, log.Completion), (input + cached, cached, output));
        Assert.True(input >= 0);
    }

    [Fact, Trait("reported", "M24")]
    public async Task Thinking_Alone_KeepsItsBlock()
    {
        var (message, _) = await ReadAsync(Thinking("a"), Stop);

        Assert.Equal(["thinking:a"], Blocks(message));
        Assert.Equal("end_turn", (string?)message["stop_reason"]);
    }

    [Fact]
    public async Task Reply_WithoutAnything_HasAnEmptyText()
    {
        var (message, _) = await ReadAsync(Stop);

        Assert.Equal(["text:"], Blocks(message));
    }

    private static IEnumerable<string> Blocks(JsonObject message) => message["content"]!.AsArray().Select(
        block => (string?)block!["type"] switch
        {
            "tool_use" => $"{block["id"]}:{block["name"]}:{block["input"]!.ToJsonString()}",
            var type => $"{type}:{block[type!]}",
        });

    private static (int? Input, int? Cached, int? Output) Numbers(JsonObject usage) =>
        ((int?)usage["input_tokens"], (int?)usage["cache_read_input_tokens"], (int?)usage["output_tokens"]);
}
