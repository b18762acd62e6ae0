using System.Text.Json;
using LambdaChat.Api.AgUi.Requests;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>
/// Version 0.0.42 of <c>@ag-ui/client</c>, which rejects the events of thinking. It skips lines of data without a space after the colon,
/// and the other clients do not. The space is optional in server-sent events.
/// </summary>
public sealed class OldClientTests
{
    private const string Event = "data:{";

    // As the clients send them.
    [Theory]
    [InlineData(""","tools":[],"context":[],"forwardedProps":{},"state":{},"messages":[]""", true)] // 0.0.42 to 0.0.59.
    [InlineData(""","protocolVersion":"1.0","state":{},"messages":[],"tools":[],"context":[],"forwardedProps":{}""", false)]
    [InlineData(""","state":{},"messages":[],"tools":[],"context":[],"forwardedProps":{}""", false)]
    [InlineData(""","tools":[],"context":[],"forwardedProps":{},"state":{},"messages":[],"resume":[]""", false)]
    [InlineData(""","messages":[]""", false)]
    public void Request_InTheOrderOfOldClients_IsRecognized(string members, bool mayBeOld)
    {
        var json = JsonElement.Parse($$"""{"threadId":"t","runId":"r"{{members}}}""");

        Assert.Equal(mayBeOld, new AgUiRequest(json).MayBeOld);
        Assert.Equal(mayBeOld, new AgUiConnection(json).MayBeOld);
    }

    [Fact]
    public async Task Reply_ForOldClients_HasNoSpaceInTheEventsOfThinking()
    {
        string[] chunks =
        [
            """{"choices":[{"index":0,"delta":{"reasoning_content":"hm "},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{"reasoning_content":"data: {"},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{"content":"data: {"},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
        ];

        var reply = await FrontendReply.StreamAsync(FrontendReply.AgUiForOldClients, chunks);

        var lines = reply.Split('\n');
        Assert.All(lines, line => Assert.Equal(
            line.Contains("\"type\":\"REASONING_", StringComparison.Ordinal), line.StartsWith(Event, StringComparison.Ordinal)));
        Assert.Equal(6, lines.Count(line => line.StartsWith(Event, StringComparison.Ordinal)));
        var others = string.Join(
            '\n', lines.Select(line => line.StartsWith(Event, StringComparison.Ordinal) ? $"data: {line[5..]}" : line));
        Assert.Equal(await FrontendReply.StreamAsync(FrontendReply.AgUi, chunks), others);
    }

    [Fact]
    public async Task ResultOfACutCall_AfterThinking_IsReadByOldClients()
    {
        string[] chunks =
        [
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""",
        ];

        var reply = await FrontendReply.StreamAsync(FrontendReply.AgUiForOldClients, chunks);

        Assert.Contains("\ndata: {\"type\":\"TOOL_CALL_RESULT\"", reply, StringComparison.Ordinal);
        Assert.Contains("\ndata:{\"type\":\"REASONING_END\"", reply, StringComparison.Ordinal);
    }
}
