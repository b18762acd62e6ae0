using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

// Pages that have the result of a tool, which they have not sent.
public sealed partial class StoredUiMessageTests
{
    /// <summary>The page would run the tool again. A reply after the result is replayed.</summary>
    [Fact]
    public async Task Reply_WithACallWhoseResultThePageHas_IsNotReplayed()
    {
        var chat = NewChat();
        var live = await FrontendCall.SendAsync(stored.Client, FrontendCall.UiMessages, Request(chat, Call));
        var call = (string)live.Events.First(static data => data["toolCallId"] is not null)["toolCallId"]!;

        Assert.Equal(200, await ResumeAsync(chat, ""));
        Assert.Equal(204, await ResumeAsync(chat, call));

        var next = Request(chat, """{"stand_in":{"tokens":1} }""");
        next["messages"]!.AsArray().Add(JsonNode.Parse($$"""
            {"id":"a1","role":"assistant","parts":[{"type":"step-start"},
             {"type":"tool-f","toolCallId":"{{call}}","state":"output-available","input":{},"output":"r"}]}
            """));
        await FrontendCall.SendAsync(stored.Client, FrontendCall.UiMessages, next);
        Assert.Equal(200, await ResumeAsync(chat, call));
    }

    [Fact]
    public async Task RunningReply_IsReplayedToAPageWithAResultOfIt()
    {
        var (chat, gate) = (NewChat(), Guid.NewGuid().ToString());
        await StartAsync(chat, gate);

        var resumed = FrontendCall.SendAsync(stored.Client, $"{PathOf(chat)}?tool_call_id=c", null, "GET", onEvent: type =>
        {
            if (type == "text-delta")
            {
                function.Emulator.Gates.Open(gate, 100);
            }
        });

        Assert.Equal(" t0 t1 t2 t3 t4 t5", (await resumed).Text);
    }

    /// <summary>A page that waits for the user after a tool call, as in the documentation.</summary>
    [Theory]
    [InlineData("use-chat-5")]
    [InlineData("use-chat-6")]
    [InlineData("use-chat-7")]
    public async Task Page_ReloadedWithTheResultOfATool_DoesNotRunItAgain(string client)
    {
        var output = await Node.Frontends.RunAsync(
            "resume-tool.mjs", [], stored.Process.Url.ToString().TrimEnd('/'), FunctionFixture.Key, FunctionFixture.Model, client);

        var result = JsonNode.Parse(output)!;
        Assert.Equal(("output-available", 1, 0), ((string?)result["state"], (int)result["first"]!, (int)result["reloaded"]!));
        Assert.Equal(1, (int)result["withoutTheCall"]!); // The script tests something.
        Assert.Empty(result["errors"]!.AsArray());
    }

    private async Task<int> ResumeAsync(string chat, string call) =>
        (await FrontendCall.SendAsync(stored.Client, $"{PathOf(chat)}?tool_call_id={call}", null, "GET")).Status;
}
