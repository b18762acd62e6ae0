using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Responses;

/// <summary>The Responses API through the whole function: replies, tools and errors.</summary>
public sealed class ResponsesTests(FunctionFixture function)
{
    private const string Question = "9.11 和 9.8，哪个更大？";
    private const string Tools =
        """[{"type":"function","name":"get_weather","parameters":{"type":"object"}},{"type":"function","name":"get_time"}]""";

    [Theory, Trait("reported", "R26")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Text_WithThinking_IsTwoItems(bool isStreamed)
    {
        var request = ResponsesCall.Request();
        (request["stream"], request["input"]) = (isStreamed, Question);

        var call = await ResponsesCall.SendAsync(function.Client, request);

        var (thinking, text) = Script.Answer(Question);
        var items = call.Response!["output"]!;
        Assert.Equal(["reasoning", "message"], items.AsArray().Select(item => (string?)item!["type"]));
        Assert.Equal((thinking, text), ((string?)items[0]!["summary"]![0]!["text"], call.Text));
        Assert.Equal("completed", (string?)call.Response["status"]);
        Assert.True((int)call.Response["usage"]!["input_tokens"]! > 0, call.ToString());
        Assert.False((bool)call.Response["store"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tools_InParallel_AreItems(bool isStreamed)
    {
        var request = ResponsesCall.Request(
            """{"tools":[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"},{"name":"get_time","arguments":"{}"}]}""",
            $$"""{"tools":{{Tools}} }""");
        request["stream"] = isStreamed;

        var call = await ResponsesCall.SendAsync(function.Client, request);

        Assert.Equal(
            [("get_weather", """{"city":"北京"}"""), ("get_time", "{}")],
            call.Response!["output"]!.AsArray().Where(item => (string?)item!["type"] == "function_call")
                .Select(item => ((string?)item!["name"], (string?)item["arguments"])));
    }

    [Theory, Trait("reported", "M37")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Prewarm_FillsTheCacheOnly(bool isStreamed)
    {
        var marker = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request(
            members: $$"""{"prompt_cache_options":{"prewarm":true},"max_output_tokens":500,"instructions":"{{marker}}"}""");
        request["stream"] = isStreamed;

        var call = await ResponsesCall.SendAsync(function.Client, request);

        Assert.Equal((200, "completed"), (call.Status, (string?)call.Response!["status"]));
        Assert.Empty(call.Response["output"]!.AsArray());
        Assert.Equal(
            isStreamed ? ["response.created", "response.in_progress", "response.completed"] : [], call.Events.Select(item => item.Name));
        Assert.True((int)call.Response["usage"]!["input_tokens"]! > 0, call.ToString());
        Assert.Equal(0, (int)call.Response["usage"]!["output_tokens"]!);
        var upstream = Assert.Single(
            function.Emulator.Calls, sent => sent.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
        Assert.Equal(1, (int?)upstream.Body["max_tokens"]);
    }

    [Theory]
    [InlineData("GET", "v1/responses/resp_1")]
    [InlineData("DELETE", "v1/responses/resp_1")]
    [InlineData("GET", "v1/responses/resp_1/input_items")]
    [InlineData("POST", "v1/responses/resp_1/cancel")]
    public async Task StoredResponse_WithoutAStore_NamesTheSetting(string method, string path)
    {
        var call = await ResponsesCall.SendAsync(function.Client, method == "POST" ? [] : null, path, method);

        Assert.Equal((400, "store_off"), (call.Status, (string?)call.Body!["error"]!["code"]));
        Assert.Contains("STORE", (string?)call.Body!["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory, Trait("reported", "R22 R28")]
    [InlineData("""{"previous_response_id":"resp_1"}""", 400, "previous_response_not_found")]
    [InlineData("""{"background":true}""", 400, "store_off")]
    [InlineData("""{"model":"none"}""", 404, "model_not_found")]
    public async Task Fault_HasItsStatus(string members, int status, string? code)
    {
        var call = await ResponsesCall.SendAsync(function.Client, ResponsesCall.Request("{}", members));

        Assert.Equal((status, code), (call.Status, (string?)call.Body!["error"]!["code"]));
    }

    [Fact]
    public async Task Count_OfAModelThatCounts_IsTheUsageOfOneCall()
    {
        var before = function.Emulator.Calls.Count;
        var request = ResponsesCall.Request(members: """{"model":"counts-tokens","instructions":"count-of-a-response"}""");

        var call = await ResponsesCall.SendAsync(function.Client, request, "v1/responses/input_tokens");

        Assert.Equal((200, "response.input_tokens"), (call.Status, (string?)call.Body!["object"]));
        Assert.True((int)call.Body["input_tokens"]! > 0, call.ToString());
        var upstream = Assert.Single(function.Emulator.Calls.Skip(before),
            other => other.Body.ToJsonString().Contains("count-of-a-response", StringComparison.Ordinal));
        Assert.Equal(1, (int?)upstream.Body["max_tokens"]);
    }

    [Theory]
    [InlineData("v1/responses/input_tokens", "tokens_not_counted")]
    [InlineData("responses/compact", "unknown_path")]
    public async Task Operation_ThatIsNotSupported_Is404(string path, string code)
    {
        var call = await ResponsesCall.SendAsync(function.Client, ResponsesCall.Request(), path);

        Assert.Equal((404, code), (call.Status, (string?)call.Body!["error"]!["code"]));
    }

    [Fact, Trait("reported", "R43 R52")]
    public async Task Models_ForCodex_HaveWhatItReads()
    {
        var body = await function.Client.GetStringAsync("v1/models?client_version=0.153.4", TestContext.Current.CancellationToken);
        var (data, models) = (JsonNode.Parse(body)!["data"]!.AsArray(), JsonNode.Parse(body)!["models"]!.AsArray());

        Assert.Equal(data.Select(model => (string?)model!["id"]), models.Select(model => (string?)model!["slug"]));
        // Source: https://github.com/openai/codex/blob/main/codex-rs/protocol/src/openai_models.rs
        Assert.All(models, model => Assert.Superset(
            new HashSet<string>([
                "slug", "display_name", "description", "supported_reasoning_levels", "shell_type", "visibility", "supported_in_api",
                "priority", "upgrade", "base_instructions", "supports_reasoning_summaries", "support_verbosity", "default_verbosity",
                "apply_patch_tool_type", "truncation_policy", "supports_parallel_tool_calls", "experimental_supported_tools",
            ]),
            model!.AsObject().Select(member => member.Key).ToHashSet()));
        Assert.All(models, model => Assert.Equal("v1", (string?)model!["multi_agent_version"]));
    }
}
