using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Items of an input that the responses before it have already.</summary>
public sealed class HistoryItemsTests
{
    private const string History = """
        [{"type":"message","id":"u_1","role":"user","content":"u"},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"t"}]},
         {"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"a"}]},
         {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"},
         {"type":"function_call","id":"fc_2","call_id":"c2","name":"f","arguments":"{\"x","status":"incomplete"}]
        """;

    private const string Output = """{"type":"function_call_output","call_id":"c1","output":"r"}""";
    private const string ChatCall = """{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}""";
    private const string Expected =
        """{"role":"user","content":"u"},{"role":"assistant","content":"a","reasoning_content":"t","tool_calls":[""" + ChatCall +
        """]},{"role":"tool","tool_call_id":"c1","content":"r"}""";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData(Output, Expected)]
    [InlineData($$"""{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{{Output}}""", Expected)]
    [InlineData($$"""{"id":"msg_1","role":"assistant","content":"a"},{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"},{{Output}}""", Expected)]
    [InlineData($$"""{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"t"}]},{{Output}}""", Expected)]
    // Messages without an id, or with another one, are new. An id is that of a type.
    [InlineData($$"""{{Output}},{"role":"user","content":"u"},{"type":"message","id":"fc_1","role":"user","content":"v"},{"id":"","role":"user","content":"w"}""",
        $$"""{{Expected}},{"role":"user","content":"u\n\nv\n\nw"}""")]
    // The model did not get the call that the limit has cut.
    [InlineData($$"""{"type":"function_call","id":"fc_3","call_id":"c2","name":"g","arguments":"{}"},{{Output}},{"type":"function_call_output","call_id":"c2","output":"s"}""",
        """{"role":"user","content":"u"},{"role":"assistant","content":"a","reasoning_content":"t","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"tool","tool_call_id":"c2","content":"s"}""")]
    // A client may give its own items the same ids again.
    [InlineData($$"""{{Output}},{"type":"message","id":"msg_1","role":"user","content":"v"},{"type":"message","id":"u_1","role":"user","content":"w"}""",
        $$"""{{Expected}},{"role":"user","content":"v\n\nw"}""")]
    public void Input_ThatRepeatsTheHistory_IsThereOnce(string input, string expected)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"input":[{{input}}]}""");
        var history = new RequestItem(JsonElement.Parse(History), "previous_response_id");
        var request = new ResponsesRequest(RequestJson.TryParse(body)!, JsonElement.Parse(body), maximumItems: 10, history);

        Assert.Equal($"[{expected}]", JsonNode.Parse(request.ToChat().Span)!["messages"]!.ToJsonString(Relaxed));
    }

    [Theory]
    [InlineData("ctx")]
    [InlineData("")]
    public void Call_WithTheIdOfAnEndedOne_IsAnother(string id)
    {
        var call = $$"""{"type":"function_call","call_id":"{{id}}","name":"f","arguments":"{}"}""";
        var pair = (string output) => $$"""{{call}},{"type":"function_call_output","call_id":"{{id}}","output":"{{output}}"}""";
        var body = Encoding.UTF8.GetBytes($$"""{"input":[{{pair("second")}}]}""");
        var history = new RequestItem(JsonElement.Parse($"[{pair("first")}]"), "previous_response_id");
        var request = new ResponsesRequest(RequestJson.TryParse(body)!, JsonElement.Parse(body), maximumItems: 10, history);

        var messages = JsonNode.Parse(request.ToChat().Span)!["messages"]!.AsArray();

        Assert.Equal(["first", "second"], messages.Where(message => (string?)message!["role"] == "tool").Select(message => (string?)message!["content"]));
    }
}
