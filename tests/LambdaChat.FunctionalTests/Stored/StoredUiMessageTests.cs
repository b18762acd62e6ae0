using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Replies of chat pages that are resumed and stopped by the id of their conversation.</summary>
public sealed partial class StoredUiMessageTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    private const string Call = """{"stand_in":{"reasoning":["hm"],"content":["a"],"tools":[{"name":"f","arguments":"{}"}]} }""";

    [Fact]
    public async Task Reply_ThatHasEnded_IsReplayedWithTheSameIds()
    {
        var chat = NewChat();
        var live = await FrontendCall.SendAsync(stored.Client, FrontendCall.UiMessages, Request(chat, Call));

        var resumed = await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET");

        Assert.Equal("tool-calls", live.Finish);
        Assert.Equal(live.ToString(), resumed.ToString());
        Assert.Equal("v1", resumed.Headers.GetValues("x-vercel-ai-ui-message-stream").Single());
    }

    // The header from which assistant-ui resumes.
    [Theory]
    [InlineData("a b/c%d", "a%20b%2Fc%25d")]
    [InlineData("a\r\nSet-Cookie: b\u0000", "a%0D%0ASet-Cookie%3A%20b%00")]
    [InlineData("__LOCALID_ä你", "__LOCALID_%C3%A4%E4%BD%A0")]
    [InlineData(null, null)] // Longer than a path may be.
    public async Task Reply_OfAChat_HasItsIdForThePath(string? chat, string? expected)
    {
        var call = await FrontendCall.SendAsync(
            stored.Client, FrontendCall.UiMessages, Request(chat ?? new string('x', 1025), """{"stand_in":{"tokens":1} }"""));

        Assert.Equal((200, "stop"), (call.Status, call.Finish));
        Assert.Equal(expected, call.Headers.TryGetValues("x-resumable-stream-id", out var ids) ? ids.Single() : null);
        if (expected?.Contains("%00", StringComparison.Ordinal) == false) // No path may have it.
        {
            var resumed = await FrontendCall.SendAsync(stored.Client, $"{FrontendCall.UiMessages}/{expected}/stream", null, "GET");
            Assert.Equal(" t0", resumed.Text);
        }
    }

    [Fact]
    public async Task Head_OfAReply_HasItsHeadersOnly()
    {
        var chat = NewChat();
        await FrontendCall.SendAsync(stored.Client, FrontendCall.UiMessages, Request(chat, Call));

        using var response = await StoredFunction.SendAsync(stored.Client, "HEAD", PathOf(chat));
        using var none = await StoredFunction.SendAsync(stored.Client, "HEAD", PathOf(NewChat()));

        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(204, (int)none.StatusCode);
    }

    [Fact]
    public async Task Reply_OfAToolRound_IsReplayedWithTheStepsBeforeIt()
    {
        var chat = NewChat();
        var request = Request(chat, Call);
        request["messages"]!.AsArray().Add(JsonNode.Parse("""
            {"id":"a1","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"t"},{"type":"data-x","data":1},
             {"type":"tool-f","toolCallId":"call_0","state":"output-available","input":{ "a":
             1 },"output":["r"]},{"type":"tool-g","toolCallId":"c2","state":"output-error","input":{},"errorText":"no"},
             {"type":"tool-h","toolCallId":"c3","state":"input-streaming","input":{} }]}
            """));
        var live = await FrontendCall.SendAsync(stored.Client, FrontendCall.UiMessages, request);

        var resumed = await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET");

        Assert.Equal("a1", (string?)live.Events[0]["messageId"]);
        Assert.Equal(live.Events[0].ToJsonString(), resumed.Events[0].ToJsonString());
        Assert.Equal(
            """
            {"type":"start-step"}
            {"type":"reasoning-start","id":"earlier-1"}
            {"type":"reasoning-delta","id":"earlier-1","delta":"t"}
            {"type":"reasoning-end","id":"earlier-1"}
            {"type":"tool-input-available","toolCallId":"call_0","toolName":"f","input":{"a":1},"providerExecuted":true}
            {"type":"tool-output-available","toolCallId":"call_0","output":["r"],"providerExecuted":true}
            {"type":"tool-input-available","toolCallId":"c2","toolName":"g","input":{},"providerExecuted":true}
            {"type":"tool-output-error","toolCallId":"c2","errorText":"no","providerExecuted":true}
            {"type":"finish-step"}
            """.ReplaceLineEndings("\n"),
            string.Join('\n', resumed.Events.Skip(1).Take(9).Select(data => data.ToJsonString())));
        Assert.Equal(live.Events.Skip(1).Select(data => data.ToJsonString()), resumed.Events.Skip(10).Select(data => data.ToJsonString()));
        Assert.Contains(live.Events, data => (string?)data["toolCallId"] == "call_0~2");
    }

    [Fact]
    public async Task Reply_OfADisconnectedPage_IsResumedFromItsStart()
    {
        var (chat, gate) = (NewChat(), Guid.NewGuid().ToString());
        var first = await StartAsync(chat, gate);
        var texts = 0;

        var resumed = await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET", onEvent: type =>
        {
            if (type == "text-delta" && texts++ == 0)
            {
                function.Emulator.Gates.Open(gate, 100); // The rest is sent after the replay began.
            }
        });

        Assert.Equal(" t0 t1 t2 t3 t4 t5", resumed.Text);
        Assert.Equal((first, "stop"), ((string?)resumed.Events[0]["messageId"], resumed.Finish));
    }

    [Fact]
    public async Task Reply_ThatWasStopped_EndsAndIsNotResumed()
    {
        var (chat, gate) = (NewChat(), Guid.NewGuid().ToString());
        await StartAsync(chat, gate);
        var reader = FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET");

        var stop = await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "DELETE");

        Assert.Equal((204, ""), (stop.Status, stop.Body));
        var call = await reader;
        Assert.True(call.Status == 204 || call.Error.Message is not null, call.ToString()); // It may have come after the stop.
        Assert.Equal(204, (await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET")).Status);
        Assert.False(await function.Emulator.Calls.Last(other => other.Body.ToJsonString().Contains(gate, StringComparison.Ordinal)).Ended);
    }

    [Fact]
    public async Task Reply_ThatFailed_IsReplayedWithItsError()
    {
        var chat = NewChat();
        var live = await FrontendCall.SendAsync(
            stored.Client, FrontendCall.UiMessages, Request(chat, """{"stand_in":{"tokens":5,"fault":{"kind":"abort","after":3} } }"""));

        var resumed = await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET");

        Assert.Equal("The model server aborted the reply.", live.Error.Message);
        Assert.Equal(live.ToString(), resumed.ToString());
    }

    [Fact]
    public async Task Reply_ThatThePageCouldNotReceive_IsReplayedWithItsError()
    {
        string[] pieces =
        [
            """{"index":0,"id":"c1","function":{"name":"f","arguments":"[ ]"}}""",
            """{"index":1,"id":"c2","function":{"name":"g","arguments":"{ }"}}""",
            """{"index":0,"function":{"arguments":"x"}}""", // Of a call that is complete.
        ];
        var events = pieces.Select(static piece => $$$$"""
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{{{{piece}}}}]}}]}


            """);
        var settings = new JsonObject { ["replay"] = new JsonObject { ["stream"] = string.Concat(events) } };
        var chat = NewChat();
        var live = await FrontendCall.SendAsync(
            stored.Client, FrontendCall.UiMessages, Request(chat, new JsonObject { ["stand_in"] = settings }.ToJsonString()));

        var resumed = await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET");

        Assert.Equal("The model server sent a malformed reply.", live.Error.Message);
        Assert.Equal(live.ToString(), resumed.ToString());
    }

    [Fact]
    public async Task Reply_OfAnotherCaller_IsNotFound()
    {
        var chat = NewChat();
        await FrontendCall.SendAsync(stored.Client, FrontendCall.UiMessages, Request(chat, """{"stand_in":{"tokens":1} }"""));

        Assert.Equal(204, (await FrontendCall.SendAsync(stored.Other, PathOf(chat), null, "GET")).Status);
        Assert.Equal(204, (await FrontendCall.SendAsync(stored.Other, PathOf(chat), null, "DELETE")).Status);
        Assert.Equal(204, (await FrontendCall.SendAsync(stored.Client, PathOf("unknown"), null, "GET")).Status);
        Assert.Equal(" t0", (await FrontendCall.SendAsync(stored.Client, PathOf(chat), null, "GET")).Text);
    }

    [Theory]
    [InlineData("use-chat-5")]
    [InlineData("use-chat-6")]
    [InlineData("use-chat-7")]
    public async Task Page_ReloadedDuringTheReplyAndAfterIt_ShowsItOnce(string client)
    {
        var output = await Node.Frontends.RunAsync(
            "resume.mjs", [], stored.Process.Url.ToString().TrimEnd('/'), FunctionFixture.Key, FunctionFixture.Model, client);

        var result = JsonNode.Parse(output)!;
        var text = string.Concat(Enumerable.Range(0, 30).Select(i => $" t{i}"));
        Assert.Equal((text, text), ((string?)result["live"], (string?)result["replayed"]));
        Assert.Equal("""["user","assistant"]""", result["roles"]!.ToJsonString());
        Assert.True((bool)result["hasSameId"]! && (bool)result["isPart"]! && (int)result["others"]! == 0, output);
        Assert.Empty(result["errors"]!.AsArray());
        var round = result["rounds"]!.AsArray().Select(page => (string?)page![1]).ToList();
        Assert.Equal("a1: step-start, tool-f output-available, step-start, text done  t0 t1 t2", round[0]);
        Assert.Equal((round[0], 0), (round[1], (int)result["runs"]!));
    }

    [Fact]
    public async Task Stop_WithoutAStore_IsRefused()
    {
        var call = await FrontendCall.SendAsync(function.Client, PathOf("x"), null, "DELETE");

        Assert.Equal((400, "This request needs stored replies, but STORE is off on this server."), (call.Status, call.Body));
    }

    // Reads the beginning of a reply, and disconnects. Returns the id of the message.
    private async Task<string> StartAsync(string chat, string gate)
    {
        var request = Request(chat, $$"""{"stand_in":{"tokens":6,"gate":"{{gate}}"} }""");
        var first = await FrontendCall.LeaveAsync(
            stored.Client, FrontendCall.UiMessages, request, () => function.Emulator.Gates.Open(gate));
        return (string)first["messageId"]!;
    }

    private static string NewChat() => $"a/b ü% {Guid.NewGuid()}";

    private static string PathOf(string chat) => $"{FrontendCall.UiMessages}/{Uri.EscapeDataString(chat)}/stream";

    private static JsonObject Request(string chat, string text)
    {
        var request = FrontendCall.Request(FrontendCall.UiMessages, text);
        request["id"] = chat;
        return request;
    }
}
