using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.UiMessages.Requests;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Two parts with one id in a message of the AI SDK, as pages have stored them.</summary>
public sealed class RepeatedCallPartTests
{
    private const string Static = """{"type":"tool-f","toolCallId":"c","state":"output-error","input":{},"errorText":"static"}""";
    private const string Dynamic = """{"type":"dynamic-tool","toolName":"f","toolCallId":"c","state":"output-error","input":{},"errorText":"dynamic"}""";
    private const string Waiting = """{"type":"dynamic-tool","toolName":"f","toolCallId":"c","state":"input-available","input":{} }""";
    private const string Other = """{"type":"dynamic-tool","toolName":"g","toolCallId":"c","state":"output-available","input":{},"output":"other"}""";
    private const string Step = """{"type":"step-start"}""";

    [Theory]
    [Trait("Report", "vercel/ai#12772")]
    [InlineData($"{Static},{Dynamic}", "c:dynamic")]
    [InlineData($"{Dynamic},{Static}", "c:static")]
    [InlineData($"{Static},{Waiting}", "c:static")]
    [InlineData($"{Waiting},{Static}", "c:static")]
    [InlineData($"{Static},{Step},{Dynamic}", "c:static c:dynamic")] // Two steps of a model that counts its ids anew.
    [InlineData($"{Static},{Static}", "c:static c-2:static")] // Two calls of a model that repeats an id.
    [InlineData($"{Static},{Other}", "c:static c-2:other")]
    [InlineData($"{Static},{Static},{Static}", "c:static c-2:static c-3:static")]
    public void Parts_WithOneId_AreCallsWithDistinctIds(string parts, string expected)
    {
        var body = JsonElement.Parse(
            $$"""{"id":"t","messages":[{"role":"user","parts":[{"type":"text","text":"x"}]},{"role":"assistant","parts":[{{parts}}]}]}""");

        var messages = JsonNode.Parse(new UiMessagesRequest(body).ToChat().Span)!["messages"]!.AsArray();

        Assert.Equal(expected, string.Join(' ', messages.Where(static message => (string?)message!["role"] == "tool")
            .Select(static message => $"{message!["tool_call_id"]}:{message["content"]}")));
        Assert.Equal(
            messages.Where(static message => (string?)message!["role"] == "tool").Select(static message => (string?)message!["tool_call_id"]),
            messages.SelectMany(static message => message!["tool_calls"]?.AsArray() ?? []).Select(static call => (string?)call!["id"]));
    }
}
