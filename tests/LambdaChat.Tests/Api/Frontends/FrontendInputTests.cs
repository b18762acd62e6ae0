using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>The inputs of tools in both protocols of user interfaces: a page parses them, and runs the tool when it has them.</summary>
public sealed class FrontendInputTests
{
    [Theory]
    [Trait("Report", "pydantic/pydantic-ai#4193")]
    [InlineData("", "{}")]
    [InlineData(" ", "{}")]
    [InlineData("\\\"{}\\\"", "{}")] // Serialized twice.
    [InlineData("null", "{}")]
    [InlineData("{\\n \\\"a\\\": [1.50, \\\"x\\\\ny\\\"]}", """{"a":[1.50,"x\ny"]}""")] // One line.
    [InlineData("{\\\"\\u00fc\\\":\\\"\\\\u00fc\\\"}", """{"ü":"ü"}""")]
    [InlineData("{\\\"a\\\":12345678901234567890}", """{"a":12345678901234567890}""")]
    [InlineData("{\\\"a\\\":\\\"\\\\ud800\\\"}", "{\"a\":\"\ufffd\"}")]
    public async Task Input_ThatIsAnObject_IsAvailable(string arguments, string input)
    {
        var reading = await ReadAsync(FrontendReply.UiMessages, Call(0, "c1", "f", arguments), Stop);

        var part = Assert.Single(reading.Events, data => (string?)data["type"] == "tool-input-available");
        Assert.Equal(input, part["input"]!.ToJsonString(Relay.Chunks.ChunkLog.Relaxed));
    }

    [Theory]
    [InlineData("{\\\"a\\\":\\\"x", "{\"a\":\"x")] // Cut by the limit.
    [InlineData("", "")]
    [InlineData(" ", " ")]
    [InlineData("[1]", "[1]")]
    [InlineData("\\\"[]\\\"", "\"[]\"")]
    [InlineData("{} {}", "{} {}")]
    [InlineData("{\\\"__proto__\\\":{}}", "{\"__proto__\":{}}")]
    [InlineData("{\\\"a\\\":[{\\\"constructor\\\":{\\\"prototype\\\":1}}]}", "{\"a\":[{\"constructor\":{\"prototype\":1}}]}")]
    public async Task Input_ThatIsNoObject_IsAnError(string arguments, string input)
    {
        var reading = await ReadAsync(
            FrontendReply.UiMessages, Call(0, "c1", "f", arguments), """{"choices":[{"delta":{},"finish_reason":"length"}]}""");

        var part = Assert.Single(reading.Events, data => (string?)data["type"] == "tool-input-error");
        Assert.Equal(input, (string?)part["input"]);
        Assert.Equal("length", reading.Finish);
    }

    [Theory]
    [Trait("Report", "ag-ui-protocol/ag-ui#2327")]
    [InlineData("length", "length")]
    [InlineData("tool_calls", "length")]
    [InlineData("content_filter", "content_filter")]
    public async Task AgUi_CallThatIsCut_HasItsFinishReason(string reason, string finish)
    {
        var reading = await ReadAsync(
            FrontendReply.AgUi, Call(0, "c1", "f", "{"),
            $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}],"usage":{"prompt_tokens":1,"completion_tokens":2} }""");

        // A page runs the calls without a result.
        Assert.Equal(
            ["RUN_STARTED", "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT", "RUN_FINISHED"], reading.Types);
        Assert.Equal(["c1:f:{", "result of c1:The tool was not run, because its input was cut."], reading.Blocks);
        Assert.Equal((finish, 3), (reading.Finish, (int)reading.Usage!["totalTokens"]!));
    }

    [Fact]
    public async Task AgUi_CallsThatTheLimitCut_HaveAResult()
    {
        var reading = await ReadAsync(
            FrontendReply.AgUi, Call(0, "c1", "f", "{}"), Call(1, "c2", "f", "{"), Call(2, "c3", "f", ""),
            """{"choices":[{"delta":{},"finish_reason":"length"}]}""");

        const string Result = "The tool was not run, because its input was cut.";
        Assert.Equal(["c1:f:{}", "c2:f:{", "c3:f:", $"result of c2:{Result}", $"result of c3:{Result}"], reading.Blocks);
    }

    /// <summary>White space is no input: a page must not run a call that was cut after it.</summary>
    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    public async Task CallThatIsCutAfterWhiteSpace_IsNotRun(string reason)
    {
        string[] records =
            [Call(0, "c1", "f", " "), Call(1, "c2", "f", "{\\\"b\\\""), $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}"""];

        var agUi = await ReadAsync(FrontendReply.AgUi, records);
        Assert.Equal(
            ["c1", "c2"],
            agUi.Events.Where(data => (string?)data["type"] == "TOOL_CALL_RESULT").Select(data => (string?)data["toolCallId"]));
        var uiMessages = await ReadAsync(FrontendReply.UiMessages, records);
        Assert.Equal(2, uiMessages.Types.Count(type => type == "tool-input-error"));
        Assert.DoesNotContain("tool-input-available", uiMessages.Types);
    }

    // The limit can also end a reply directly after complete arguments.
    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    public async Task AgUi_CompleteCallBeforeTheLimit_HasNoResult(string reason)
    {
        var reading = await ReadAsync(
            FrontendReply.AgUi, Call(0, "c1", "f", "{\\\"a\\\":1}"), $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}""");

        Assert.Equal(["c1:f:{\"a\":1}"], reading.Blocks);
        Assert.Equal((null, reason), (reading.Error, reading.Finish));
    }

    [Fact]
    public async Task Input_NestedTooDeeply_IsAnError()
    {
        var arguments = string.Concat(Enumerable.Repeat("{\\\"a\\\":", 200)) + "1" + new string('}', 200);

        var reading = await ReadAsync(FrontendReply.UiMessages, Call(0, "c1", "f", arguments), Stop);

        Assert.Contains("tool-input-error", reading.Types);
    }

    private static Task<FrontendReading> ReadAsync(string path, params string[] records) =>
        FrontendReply.ReadAsync(path, Normalized(records));
}
