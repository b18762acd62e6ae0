using LambdaChat.Failures;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Replies in both protocols of user interfaces. Many cases are reported faults of other backends.</summary>
public sealed class FrontendReplyTests
{
    [Fact]
    [Trait("Report", "neuron-core/neuron-ai#610")]
    [Trait("Report", "assistant-ui/assistant-ui#4676")]
    public async Task UiMessages_ThinkingTextAndCall_HasThePartsOfTheContract()
    {
        var body = await FrontendReply.StreamAsync(FrontendReply.UiMessages, Normalized(
            Thinking("t"), Text("Hel"), Text("lo \\\"x\\\""), Call(0, "c1", "f", "{\\\"a\\\":"), Arguments(0, "1}"), Stop, Usage));

        Assert.Equal(
            """
            data: {"type":"start","messageId":"msg_1","messageMetadata":{"model":"r1"}}

            data: {"type":"start-step"}

            data: {"type":"reasoning-start","id":"part-1"}

            data: {"type":"reasoning-delta","id":"part-1","delta":"t"}

            data: {"type":"reasoning-end","id":"part-1"}

            data: {"type":"text-start","id":"part-2"}

            data: {"type":"text-delta","id":"part-2","delta":"Hel"}

            data: {"type":"text-delta","id":"part-2","delta":"lo \"x\""}

            data: {"type":"text-end","id":"part-2"}

            data: {"type":"tool-input-start","toolCallId":"c1","toolName":"f"}

            data: {"type":"tool-input-delta","toolCallId":"c1","inputTextDelta":"{\"a\":"}

            data: {"type":"tool-input-delta","toolCallId":"c1","inputTextDelta":"1}"}

            data: {"type":"tool-input-available","toolCallId":"c1","toolName":"f","input":{"a":1}}

            data: {"type":"finish-step"}

            data: {"type":"finish","finishReason":"tool-calls","messageMetadata":{"model":"r1","usage":{"inputTokens":10,"outputTokens":3,"totalTokens":13}}}

            data: [DONE]


            """.ReplaceLineEndings("\n"), body);
    }

    [Fact]
    [Trait("Report", "microsoft/agent-framework#2637")]
    [Trait("Report", "microsoft/agent-framework#7919")]
    [Trait("Report", "CopilotKit/CopilotKit#2788")]
    [Trait("Report", "ag-ui-protocol/ag-ui#2140")]
    [Trait("Report", "microsoft/agent-framework#3433")]
    [Trait("Report", "ag-ui-protocol/ag-ui#161")]
    public async Task AgUi_ThinkingTextAndCall_HasTheEventsOfTheContract()
    {
        var body = await FrontendReply.StreamAsync(FrontendReply.AgUi, Normalized(
            Thinking("t"), Text("Hel"), Text("lo \\\"x\\\""), Call(0, "c1", "f", "{}"), Stop, Usage));

        Assert.Equal(
            """
            data: {"type":"RUN_STARTED","threadId":"t1","runId":"r1"}

            data: {"type":"REASONING_START","messageId":"msg_1_1"}

            data: {"type":"REASONING_MESSAGE_START","messageId":"msg_1_1","role":"reasoning"}

            data: {"type":"REASONING_MESSAGE_CONTENT","messageId":"msg_1_1","delta":"t"}

            data: {"type":"REASONING_MESSAGE_END","messageId":"msg_1_1"}

            data: {"type":"REASONING_END","messageId":"msg_1_1"}

            data: {"type":"TEXT_MESSAGE_START","messageId":"msg_1_2","role":"assistant"}

            data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"msg_1_2","delta":"Hel"}

            data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"msg_1_2","delta":"lo \"x\""}

            data: {"type":"TEXT_MESSAGE_END","messageId":"msg_1_2"}

            data: {"type":"TOOL_CALL_START","toolCallId":"c1","toolCallName":"f"}

            data: {"type":"TOOL_CALL_ARGS","toolCallId":"c1","delta":"{}"}

            data: {"type":"TOOL_CALL_END","toolCallId":"c1"}

            data: {"type":"RUN_FINISHED","threadId":"t1","runId":"r1","usage":[{"model":"r1","inputTokens":10,"outputTokens":3,"totalTokens":13}],"metadata":{"finishReason":"tool_calls"}}


            """.ReplaceLineEndings("\n"), body);
    }

    [Theory]
    [Trait("Report", "laravel/ai#853")]
    [Trait("Report", "pydantic/pydantic-ai#8208")]
    [Trait("Report", "agentscope-ai/agentscope-java#3071")]
    [Trait("Report", "contextablemark/clawg-ui#7")]
    [Trait("Report", "agno-agi/agno#5466")]
    [Trait("Report", "agno-agi/agno#3554")]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Text_AfterAToolCall_IsANewPart(string path)
    {
        var reading = await ReadAsync(path, Text("a"), Call(0, "c1", "f", "{}"), Text("\\nx"), Thinking("t"), Text("b"), Stop);

        Assert.Equal(["text:a", "c1:f:{}", "text:\nx", "thinking:t", "text:b"], reading.Blocks);
    }

    [Theory]
    [Trait("Report", "ag-ui-protocol/ag-ui#1037")]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Calls_ThatAlternate_AreWhole(string path)
    {
        var reading = await ReadAsync(
            path, Call(0, "c1", "f", ""), Call(1, "c2", "g", ""), Arguments(0, "{\\\"a\\\":"), Arguments(1, "{\\\"b\\\":"), Text("late"),
            Arguments(1, "2}"), Arguments(0, "1}"), Call(2, "c3", "h", "{}"), Stop);

        Assert.Equal(["c1:f:{\"a\":1}", "c2:g:{\"b\":2}", "text:late", "c3:h:{}"], reading.Blocks);
    }

    // Pages parse the arguments.
    [Fact]
    public async Task AgUi_CallsWithoutArguments_HaveAnEmptyObject()
    {
        var reading = await ReadAsync(FrontendReply.AgUi, Call(0, "c1", "f", ""), Call(1, "c2", "g", ""), Stop);
        var failed = await FrontendReply.ReadAsync(
            FrontendReply.AgUi, Normalized(Call(0, "c1", "f", "")), new ReplyFailure(FailureKind.DeadlineExceeded));

        Assert.Equal(["c1:f:{}", "c2:g:{}"], reading.Blocks);
        Assert.Equal(["c1:f:", "result of c1:The tool was not run, because its input was cut."], failed.Blocks);
    }

    [Theory]
    [Trait("Report", "pydantic/pydantic-ai#6531")]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task CallId_ThatTheConversationHas_IsRenamed(string path)
    {
        var reading = await FrontendReply.ReadAsync(
            path, Normalized(Call(0, "c", "f", "{}"), Call(1, "c", "g", "{}"), Call(2, "\\u0064", "h", "{}"), Stop), null, "c", "d", "d~2");

        Assert.Equal(["c~2:f:{}", "c~3:g:{}", "d~3:h:{}"], reading.Blocks);
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Usage_WithDetails_IsReported(string path)
    {
        var reading = await ReadAsync(path, Text("a"), Stop,
            """{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"audio_tokens":null,"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":5,"x":{}}}}""");

        reading.Usage!.Remove("model");
        Assert.Equal(
            """{"inputTokens":100,"outputTokens":9,"totalTokens":109,"reasoningTokens":5,"cachedInputTokens":64}""", reading.Usage.ToJsonString());
    }

    [Theory]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":-1,"prompt_tokens_details":null}""", null)]
    [InlineData(
        """{"prompt_tokens":"1","completion_tokens":1.5,"prompt_tokens_details":[],"completion_tokens_details":{"reasoning_tokens":null}}""",
        null)]
    [InlineData("{}", """{"inputTokens":0,"outputTokens":0,"totalTokens":0}""")]
    public async Task Usage_Damaged_HasNoNull(string usage, string? expected)
    {
        foreach (var (path, _) in FrontendReply.Paths.Select(row => (row.Data, row)))
        {
            var reading = await ReadAsync(path, Text("x"), Stop, $$"""{"choices":[],"usage":{{usage}}}""");

            reading.Usage?.Remove("model");
            Assert.Equal(expected, reading.Usage?.ToJsonString());
        }
    }

    [Theory]
    [Trait("Report", "vercel/ai#11269")]
    [InlineData("stop", "stop", "stop")]
    [InlineData("length", "length", "length")]
    [InlineData("content_filter", "content-filter", "content_filter")]
    [InlineData("tool_calls", "stop", "stop")] // Without a call.
    [InlineData("some_new_reason", "stop", "stop")]
    public async Task FinishReason_OfAText_IsInTheWordsOfTheProtocol(string reason, string uiMessages, string agUi)
    {
        string[] records = [Text("x"), $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}"""];

        Assert.Equal(uiMessages, (await ReadAsync(FrontendReply.UiMessages, records)).Finish);
        Assert.Equal(agUi, (await ReadAsync(FrontendReply.AgUi, records)).Finish);
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Reply_WithoutAnything_IsComplete(string path)
    {
        var reading = await ReadAsync(path, Stop);

        Assert.Empty(reading.Blocks);
        Assert.Equal("stop", reading.Finish);
        Assert.Null(reading.Usage);
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Refusal_AsADelta_IsText(string path) =>
        Assert.Equal(["text:No."], (await ReadAsync(path, """{"choices":[{"delta":{"refusal":"No."}}]}""", Stop)).Blocks);

    private static Task<FrontendReading> ReadAsync(string path, params string[] records) =>
        FrontendReply.ReadAsync(path, Normalized(records));
}
