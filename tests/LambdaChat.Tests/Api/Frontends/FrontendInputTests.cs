using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>The inputs of tools in both protocols of user interfaces: a page parses them, and runs the tool when it has them.</summary>
public sealed class FrontendInputTests
{
    [Theory]
    [Trait("Report", "pydantic/pydantic-ai#4193")]
    [InlineData("", "{}")]
    [InlineData(" ", "{}")]
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
    [InlineData("\\\"{}\\\"", "\"{}\"")]
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
    [InlineData("length", "length", "The reply reached its token limit within the arguments of a tool call.")]
    [InlineData("tool_calls", "length", "The reply reached its token limit within the arguments of a tool call.")]
    [InlineData("content_filter", "content_filter", "The reply was filtered within the arguments of a tool call.")]
    public async Task AgUi_CallThatIsCut_EndsTheRunWithAnError(string reason, string finish, string error)
    {
        var reading = await ReadAsync(
            FrontendReply.AgUi, Call(0, "c1", "f", "{"),
            $$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}],"usage":{"prompt_tokens":1,"completion_tokens":2} }""");

        // .NET's client parses a call that ends, and runs one without arguments. CopilotKit runs the calls without a result.
        Assert.Equal(["RUN_STARTED", "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_RESULT", "RUN_ERROR"], reading.Types);
        Assert.Equal(["c1:f:{", "result of c1:The tool was not run, because its input was cut."], reading.Blocks);
        Assert.Equal((error, finish, 3), (reading.Error, reading.Finish, (int)reading.Usage!["totalTokens"]!));
        Assert.Equal(finish, (string?)reading.Events[^1]["code"]);
    }

    [Fact]
    public async Task AgUi_CallsThatTheLimitCut_HaveAResultAndNoEnd()
    {
        var reading = await ReadAsync(
            FrontendReply.AgUi, Call(0, "c1", "f", "{}"), Call(1, "c2", "f", "{"), Call(2, "c3", "f", ""),
            """{"choices":[{"delta":{},"finish_reason":"length"}]}""");

        const string Result = "The tool was not run, because its input was cut.";
        Assert.Equal(["c1:f:{}", "c2:f:{", "c3:f:", $"result of c2:{Result}", $"result of c3:{Result}"], reading.Blocks);
        var ended = reading.Events.Where(data => (string?)data["type"] == "TOOL_CALL_END").Select(data => (string?)data["toolCallId"]);
        Assert.Equal(["c1"], ended);
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
        Assert.DoesNotContain("TOOL_CALL_END", agUi.Types);
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
