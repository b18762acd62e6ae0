using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients;
using LambdaChat.FunctionalTests.Clients.Wire;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>
/// The cases of the public compliance suites with requests of our own: the same facts, all requests at once as Open Responses sends them.
/// Sources: openresponses/openresponses <c>src/lib/compliance-tests.ts</c>, <c>schema/*.tsp</c>; Oaklight/llm-comply
/// <c>src/llm_comply/tests</c>, <c>src/llm_comply/validators.py</c>. Compaction is not supported.
/// </summary>
public sealed class ComplianceTests(FunctionFixture function)
{
    private const string Image = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";
    private const string FunctionTool = $$"""{"type":"function","name":"find_weather","description":"d","parameters":{{Schema}}}""";
    private const string ChatTool = $$$"""{"type":"function","function":{"name":"find_weather","parameters":{{{Schema}}}}}""";

    [Fact]
    public Task Responses_CasesAtOnce_Hold() => CheckAsync("v1/responses", ResponsesCheck.FindFaults,
    [
        new("text", """ "input":[{"type":"message","role":"user","content":"Hello"}] """, IsText),
        new("system", """ "input":[{"type":"message","role":"system","content":"Be brief."},{"type":"message","role":"user","content":"Hi"}] """, IsText),
        new("developer", """ "input":[{"type":"message","role":"developer","content":"Be brief."},{"role":"user","content":"Hi"}] """, IsText),
        new("turns", """ "input":[{"type":"message","role":"user","content":"I am Ada."},{"type":"message","role":"assistant","content":"Hi Ada."},{"type":"message","role":"user","content":"Who am I?"}] """, IsText),
        new("phases", """ "input":[{"type":"message","role":"assistant","phase":"commentary","content":"Look it up."},{"type":"message","role":"assistant","phase":"final_answer","content":"7"},{"type":"message","role":"user","content":"Again"}] """, IsText),
        new("image", $$""" "input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"What is it?"},{"type":"input_image","image_url":"{{Image}}"}]}] """, IsText),
        new("image by address", """ "input":[{"type":"message","role":"user","content":[{"type":"input_image","image_url":"https://example.com/a.png"}]}] """, IsText),
        new("tool", $$""" "input":[{"type":"message","role":"user","content":"The weather in Oslo?"}],"tools":[{{FunctionTool}}] """, HasCall),
        new("required tool", $$""" "input":"The weather in Oslo?","tools":[{{FunctionTool}}],"tool_choice":"required" """, HasCall),
        new("tool stream", $$""" "stream":true,"input":"The weather in Oslo?","tools":[{{FunctionTool}}] """, HasCall,
            ["response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done",
                "response.output_item.done"]),
        new("tool round", $$""" "input":[{"role":"user","content":"Weather?"},{"type":"function_call","call_id":"c1","name":"find_weather","arguments":"{\"city\":\"Oslo\"}"},{"type":"function_call_output","call_id":"c1","output":"Rain"}],"tools":[{{FunctionTool}}] """, IsText),
        new("stream", """ "stream":true,"input":[{"type":"message","role":"user","content":"Count"}] """, IsText, ["response.output_text.delta"]),
        new("no input", "\"store\":false", Has400),
    ]);

    [Fact]
    public Task Messages_Cases_Hold() => CheckAsync("v1/messages", MessagesCheck.FindFaults,
    [
        new("text", """ "max_tokens":99,"messages":[{"role":"user","content":"Hello"}] """, body => StopsBy(body, "end_turn")),
        new("system", """ "max_tokens":99,"system":"Be brief.","messages":[{"role":"user","content":"Hi"}] """, body => StopsBy(body, "end_turn")),
        new("turns", """ "max_tokens":99,"messages":[{"role":"user","content":"I am Ada."},{"role":"assistant","content":"Hi."},{"role":"user","content":"Who am I?"}] """, body => StopsBy(body, "end_turn")),
        new("image", $$""" "max_tokens":99,"messages":[{"role":"user","content":[{"type":"text","text":"?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{Image[22..]}}"} }]}] """, body => StopsBy(body, "end_turn")),
        new("tool", $$""" "max_tokens":99,"messages":[{"role":"user","content":"Weather?"}],"tools":[{"name":"find_weather","input_schema":{{Schema}}}],"tool_choice":{"type":"any"} """, body => StopsBy(body, "tool_use") && body["content"]!.AsArray().Any(block => (string?)block!["type"] == "tool_use")),
        new("stream", """ "stream":true,"max_tokens":99,"messages":[{"role":"user","content":"Count"}] """, body => (int?)body["usage"]!["output_tokens"] > 0, ["message_start", "content_block_delta", "message_stop"]),
        new("no limit", """ "messages":[{"role":"user","content":"Hello"}] """, Has400),
    ]);

    [Fact]
    public Task Chat_Cases_Hold() => CheckAsync("v1/chat/completions", ChatFields.FindFaults,
    [
        new("text", """ "messages":[{"role":"user","content":"Hello"}] """, body => FinishesBy(body, "stop")),
        new("system", """ "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}] """, body => FinishesBy(body, "stop")),
        new("turns", """ "messages":[{"role":"user","content":"I am Ada."},{"role":"assistant","content":"Hi."},{"role":"user","content":"Who am I?"}] """, body => FinishesBy(body, "stop")),
        new("image", $$""" "messages":[{"role":"user","content":[{"type":"text","text":"?"},{"type":"image_url","image_url":{"url":"{{Image}}"} }]}] """, body => FinishesBy(body, "stop")),
        new("tool", $$""" "messages":[{"role":"user","content":"Weather?"}],"tools":[{{ChatTool}}],"tool_choice":"required" """, body => FinishesBy(body, "tool_calls")),
        new("no messages", "\"n\":1", Has400),
    ]);

    private static bool IsText(JsonNode response) => (string?)response["status"] == "completed"
        && response["output"]!.AsArray().Any(item => (string?)item!["type"] == "message") && (int?)response["usage"]!["total_tokens"] > 0;

    private static bool HasCall(JsonNode response) =>
        response["output"]!.AsArray().Any(item => (string?)item!["type"] == "function_call" && (string?)item["name"] == "find_weather");

    private static bool StopsBy(JsonNode message, string reason) =>
        (string?)message["stop_reason"] == reason && (int?)message["usage"]!["input_tokens"] > 0;

    private static bool FinishesBy(JsonNode completion, string reason) =>
        (string?)completion["choices"]![0]!["finish_reason"] == reason && (int?)completion["usage"]!["total_tokens"] > 0;

    private static bool Has400(JsonNode body) => (string?)body["error"]!["type"] == "invalid_request_error";

    private async Task CheckAsync(string path, Func<Exchange, IReadOnlyList<string>> check, IReadOnlyList<Case> cases)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url); // One process: all requests at the same time.
        var faults = await Task.WhenAll(cases.Select(item => FindFaultsAsync(client, path, check, item)));

        Assert.Empty(faults.SelectMany(list => list));
    }

    private static async Task<IEnumerable<string>> FindFaultsAsync(
        HttpClient client, string path, Func<Exchange, IReadOnlyList<string>> check, Case item)
    {
        var request = $$"""{"model":"{{FunctionFixture.Model}}",{{item.Members}}}""";
        using var content = new StringContent(request, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var exchange = new Exchange("POST", path, Encoding.UTF8.GetBytes(request))
        {
            Status = (int)response.StatusCode,
            ContentType = response.Content.Headers.ContentType?.MediaType,
            IsWhole = true,
        };
        exchange.Add(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var events = exchange.ContentType == "text/event-stream" ? EventStreamText.Parse(exchange.Response, isWhole: true).Events : [];
        var body = events.Count == 0 ? JsonNode.Parse(exchange.Response)! : events[^1].Data["response"] ?? events[^2].Data;
        var isRight = exchange.Status == (item.Holds == Has400 ? 400 : 200) && item.Holds(body)
            && item.Events.All(name => events.Any(other => other.Name == name));
        return check(exchange).Concat(isRight ? [] : [exchange.Response]).Select(fault => $"{item.Name}: {fault}");
    }

    private sealed record Case(string Name, string Members, Func<JsonNode, bool> Holds, params string[] Events);
}
