using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Runs of AG-UI clients that are resumed and stopped by the id of their thread.</summary>
public sealed class StoredRunTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    private const string Call = """{"stand_in":{"reasoning":["hm"],"content":["a"],"tools":[{"name":"f","arguments":"{}"}]} }""";

    private readonly string _thread = $"a/b ü% {Guid.NewGuid()}";

    private string StopPath => $"{FrontendCall.AgUi}/{Uri.EscapeDataString(_thread)}/stream";

    [Theory]
    [InlineData("ag-ui/connect")]
    [InlineData("/ag-ui/organization/no-such-model/connect")] // The model does not matter.
    public async Task Run_ThatHasEnded_IsReplayedWithItsThread(string path)
    {
        var live = await RunAsync(Call, """{"role":"assistant","content":null,"toolCalls":[{"id":"call_0","function":{"name":"f","arguments":"{}"} }]}""");

        var resumed = await ConnectAsync(stored.Client, path, """{"id":"u1","role":"user","content":"x"}""");

        Assert.Equal("tool_calls", live.Finish);
        Assert.Equal(
            live.Events.Select(data => data.ToJsonString()),
            resumed.Events.Where((_, i) => i != 1).Select(data => data.ToJsonString()));
        Assert.Contains(resumed.Events, data => (string?)data["toolCallId"] == "call_0~2");
        var snapshot = resumed.Events[1];
        Assert.Equal("MESSAGES_SNAPSHOT", (string?)snapshot["type"]);
        Assert.Equal(
            """{"id":"message-2","role":"assistant","toolCalls":[{"id":"call_0","function":{"name":"f","arguments":"{}"}}]}""",
            snapshot["messages"]![1]!.ToJsonString());
    }

    [Fact]
    public async Task Run_OfADisconnectedPage_IsResumedFromItsStart()
    {
        var gate = Guid.NewGuid().ToString();
        await StartAsync(gate);
        var texts = 0;

        var resumed = await ConnectAsync(stored.Client, "ag-ui/connect", "", type =>
        {
            if (type == "TEXT_MESSAGE_CONTENT" && texts++ == 0)
            {
                function.Emulator.Gates.Open(gate, 100); // The rest is sent after the replay began.
            }
        });

        Assert.Equal((" t0 t1 t2 t3 t4 t5", "stop"), (resumed.Text, resumed.Finish));
        Assert.Equal("r1", (string?)resumed.Events[0]["runId"]);
    }

    [Fact]
    public async Task Run_ThatWasStopped_EndsAndIsReplayedWithItsError()
    {
        var gate = Guid.NewGuid().ToString();
        await StartAsync(gate);

        var stop = await FrontendCall.SendAsync(stored.Client, StopPath, null, "DELETE");

        Assert.Equal((204, ""), (stop.Status, stop.Body));
        Assert.False(await function.Emulator.Calls.Last(other => other.Body.ToJsonString().Contains(gate, StringComparison.Ordinal)).Ended);
        var resumed = await ConnectAsync(stored.Client, "ag-ui/connect", "");
        Assert.Equal((" t0", "reply_cancelled"), (resumed.Text, resumed.Error.Code));
    }

    [Fact]
    public async Task Run_OfAnotherCaller_IsNotFound()
    {
        await RunAsync("""{"stand_in":{"tokens":1} }""");

        Assert.Equal(204, (await FrontendCall.SendAsync(stored.Other, StopPath, null, "DELETE")).Status);
        AssertIsEmpty(await ConnectAsync(stored.Other, "ag-ui/connect", ""));
        Assert.Equal(" t0", (await ConnectAsync(stored.Client, "ag-ui/connect", "")).Text);
    }

    // A page that has the results of the run's tools, or the next question, has the whole run.
    [Theory]
    [InlineData("""{"id":"u1","role":"user","content":"x"},{"id":"u2","role":"user","content":"next"}""")]
    [InlineData("""{"id":"r","role":"tool","toolCallId":"call_0","content":"x"}""")]
    public async Task Run_BeforeAMessageOfTheClient_IsNotReplayed(string messages)
    {
        await RunAsync("""{"stand_in":{"tokens":1} }""");

        AssertIsEmpty(await ConnectAsync(stored.Client, "ag-ui/connect", messages));
    }

    [Theory]
    [InlineData("{}", "Missing required parameter: 'threadId'. Expected a string.")]
    [InlineData("""{"threadId":"t"}""", "Missing required parameter: 'runId'. Expected a string.")]
    [InlineData("""{"threadId":"t","runId":"r","messages":[1]}""",
        "Invalid type for 'messages[0]': expected an object, but got an integer instead.")]
    [InlineData("""{"threadId":"t","runId":"r","messages":[{"id":1}]}""",
        "Invalid type for 'messages[0].id': expected a string, but got an integer instead.")]
    public async Task Connection_Invalid_NamesTheField(string json, string message)
    {
        var call = await FrontendCall.SendAsync(stored.Client, "ag-ui/connect", JsonNode.Parse(json)!.AsObject());

        Assert.Equal((400, message), (call.Status, call.Error.Message));
    }

    [Fact]
    public async Task Function_WithoutAStore_HasNothingToResume()
    {
        AssertIsEmpty(await ConnectAsync(function.Client, "ag-ui/connect", ""));

        var stop = await FrontendCall.SendAsync(function.Client, StopPath, null, "DELETE");
        Assert.Equal((400, "store_off"), (stop.Status, stop.Error.Code));
    }

    [Theory]
    [InlineData("ag-ui-42")]
    [InlineData("ag-ui-0")]
    [InlineData("ag-ui-1")]
    public async Task Page_ReloadedDuringTheRunAndAfterIt_ShowsItOnce(string client)
    {
        var output = await Node.Frontends.RunAsync(
            "resume-agent.mjs", [], stored.Process.Url.ToString().TrimEnd('/'), FunctionFixture.Key, FunctionFixture.Model, client);

        var result = JsonNode.Parse(output)!;
        var text = string.Concat(Enumerable.Range(0, 30).Select(i => $" t{i}"));
        var thinking = client == "ag-ui-42" ? "" : "reasoning: hm, "; // It skips the events.
        string[] expected = [$"{thinking}assistant: {text}"];
        Assert.Equal([.. expected, .. expected, .. expected, .. expected], result["pages"]!.AsArray().Select(page => (string?)page));
        Assert.True((bool)result["isPart"]! && (bool)result["hasSameIds"]! && (int)result["others"]! == 0, output);
    }

    // Its pages have no messages of their own after a reload.
    [Fact]
    public async Task CopilotKit_WithATool_RunsItAndRestoresTheThread()
    {
        var output = await Node.Frontends.RunAsync(
            "copilotkit.mjs", [], stored.Process.Url.ToString().TrimEnd('/'), FunctionFixture.Key, FunctionFixture.Model,
            "What does get_time say?");

        var result = JsonNode.Parse(output)!;
        var messages = result["messages"]!.AsArray();
        Assert.Equal(
            ["user", "reasoning", "assistant", "tool", "reasoning", "assistant"], messages.Select(message => (string?)message!["role"]));
        Assert.Equal("noon 1", (string?)messages[3]!["content"]);
        Assert.Contains("scripted model", (string?)messages[5]!["content"], StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(messages, result["reloaded"]), output);
        Assert.Equal((1, "[]"), ((int)result["runs"]!, result["errors"]!.ToJsonString()));
    }

    /// <summary>CopilotKit runs each call without a result, also of a run that failed, and without arguments with none.</summary>
    [Theory]
    [InlineData("{", "", null)]
    [InlineData("{", ",\"fault\":{\"kind\":\"end\",\"after\":5}", "The model's reply ended without a finish reason and may be incomplete.")]
    [InlineData("", ",\"fault\":{\"kind\":\"end\",\"after\":4}", "The model's reply ended without a finish reason and may be incomplete.")]
    public async Task CopilotKit_WithACutCall_DoesNotRunIt(string arguments, string fault, string? error)
    {
        var output = await Node.Frontends.RunAsync(
            "copilotkit.mjs", [], stored.Process.Url.ToString().TrimEnd('/'), FunctionFixture.Key, FunctionFixture.Model,
            $$"""{"stand_in":{"reasoning":"hm","content":"a","tools":[{"name":"get_time","arguments":"{{arguments}}"}]{{fault}} } }""");

        var result = JsonNode.Parse(output)!;
        Assert.Equal(0, (int)result["runs"]!);
        var errors = error is null ? [] : new[] { error, error }; // Of the run, and of its repetition.
        Assert.Equal(errors, result["errors"]!.AsArray().Select(text => (string?)text));
        var messages = result["messages"]!.AsArray();
        Assert.Equal("The tool was not run, because its input was cut.", (string?)messages[^1]!["content"]);
    }

    private static void AssertIsEmpty(FrontendCall call)
    {
        Assert.Equal(200, call.Status);
        Assert.Equal(["RUN_STARTED", "RUN_FINISHED"], call.Events.Select(data => (string?)data["type"]));
        Assert.Equal("r2", (string?)call.End!["runId"]);
    }

    private Task<FrontendCall> ConnectAsync(HttpClient client, string path, string messages, Action<string>? onEvent = null) =>
        FrontendCall.SendAsync(
            client, path, new JsonObject { ["threadId"] = _thread, ["runId"] = "r2", ["messages"] = JsonNode.Parse($"[{messages}]") },
            onEvent: onEvent);

    // Reads the beginning of a run, and disconnects.
    private Task<JsonNode> StartAsync(string gate) => FrontendCall.LeaveAsync(
        stored.Client, FrontendCall.AgUi, Request($$"""{"stand_in":{"tokens":6,"gate":"{{gate}}"} }"""), () => function.Emulator.Gates.Open(gate));

    private Task<FrontendCall> RunAsync(string text, string? message = null)
    {
        var request = Request(text);
        if (message is not null)
        {
            request["messages"]!.AsArray().Add(JsonNode.Parse(message));
        }

        return FrontendCall.SendAsync(stored.Client, FrontendCall.AgUi, request);
    }

    private JsonObject Request(string text)
    {
        var request = FrontendCall.Request(FrontendCall.AgUi, text);
        request["threadId"] = _thread;
        return request;
    }
}
