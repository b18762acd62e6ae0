using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Messages;

/// <summary>The Messages API through the whole function: replies, errors, counts and models.</summary>
public sealed class MessagesTests(FunctionFixture function)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Question = "9.11 和 9.8，哪个更大？";
    private const string Tools = """[{"name":"get_weather","input_schema":{"type":"object"}},{"name":"get_time","input_schema":{"type":"object"}}]""";

    [Theory, Trait("reported", "M2 M21 M28")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Text_WithThinking_IsBothBlocks(bool isStreamed)
    {
        var request = MessagesCall.Request();
        (request["stream"], request["messages"]![0]!["content"]) = (isStreamed, Question);

        var call = await MessagesCall.SendAsync(function.Client, request);

        var (thinking, text) = Script.Answer(Question);
        Assert.Equal((thinking, text, "end_turn"), (call.Thinking, call.Text, call.StopReason));
        Assert.Equal([.. call.Headers.GetValues("x-request-id")], call.Headers.GetValues("request-id"));
        var usage = isStreamed ? call.Events[0].Data["message"]!["usage"]! : call.Body!["usage"]!;
        Assert.True((int)usage["input_tokens"]! > 0, call.ToString());
    }

    [Theory]
    [InlineData(true, "hidden", 200)]
    [InlineData(false, "hidden", 200)]
    [InlineData(true, "reasoning_summary", 200)]
    [InlineData(true, "some", 400)]
    public async Task Thinking_IsHiddenByTheHeader(bool isStreamed, string value, int status)
    {
        using var client = FunctionFixture.CreateClient(function.Lambda.Url);
        client.DefaultRequestHeaders.Add("X-Reasoning-Output", value);
        var request = MessagesCall.Request();
        (request["stream"], request["messages"]![0]!["content"]) = (isStreamed, Question);

        var call = await MessagesCall.SendAsync(client, request);

        var (thinking, text) = Script.Answer(Question);
        Assert.Equal(
            (status, value == "reasoning_summary" ? thinking : "", status == 200 ? text : ""), (call.Status, call.Thinking, call.Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tools_InParallel_AreBlocks(bool isStreamed)
    {
        var call = await SendAsync(
            """{"tools":[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"},{"name":"get_time","arguments":"{}"}]}""", isStreamed,
            $$"""{"tools":{{Tools}} }""");

        Assert.Equal("tool_use", call.StopReason);
        var blocks = isStreamed
            ? call.Events.Where(item => item.Name == "content_block_start").Select(item => item.Data["content_block"]!)
            : call.Body!["content"]!.AsArray().Select(block => block!);
        Assert.Equal(["get_weather", "get_time"],
            blocks.Where(block => (string?)block["type"] == "tool_use").Select(block => (string?)block["name"]));
        Assert.Equal(["""{"city":"北京"}""", "{}"], call.Inputs.Select(input => input.ToJsonString(Relaxed)));
    }

    [Theory, Trait("reported", "M37")]
    [InlineData("0")]
    [InlineData("0.0")]
    public async Task NoTokens_FillTheCacheOnly(string tokens)
    {
        var marker = Guid.NewGuid().ToString();
        var request = MessagesCall.Request(members: $$"""{"max_tokens":{{tokens}},"system":"{{marker}}"}""");

        var call = await MessagesCall.SendAsync(function.Client, request);

        Assert.Equal((200, 0, "max_tokens"), (call.Status, call.Body!["content"]!.AsArray().Count, call.StopReason));
        Assert.True((int)call.Body["usage"]!["input_tokens"]! > 0, call.ToString());
        Assert.Equal(0, (int)call.Body["usage"]!["output_tokens"]!);
        var upstream = Assert.Single(
            function.Emulator.Calls, sent => sent.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
        Assert.Equal(1, (int?)upstream.Body["max_tokens"]);
    }

    [Theory, Trait("reported", "M29")]
    [InlineData("x-api-key", FunctionFixture.Key, 200)]
    [InlineData("Authorization", "Bearer " + FunctionFixture.Key, 200)]
    [InlineData("x-api-key", "wrong", 401)]
    [InlineData("x-other", "", 401)]
    public async Task Key_InEitherHeader_IsAccepted(string header, string key, int status)
    {
        using var client = new HttpClient { BaseAddress = function.Lambda.Url };

        var call = await MessagesCall.SendAsync(
            client, MessagesCall.Request("""{"tokens":1}"""), configure: headers => headers.TryAddWithoutValidation(header, key));

        Assert.Equal(status, call.Status);
        Assert.Equal(status == 401 ? "authentication_error" : null, (string?)call.Error?["type"]);
    }

    [Theory, Trait("reported", "M22")]
    [InlineData("POST", "v1/messages", "{", 400, "invalid_request_error")]
    [InlineData("POST", "messages", """{"model":"no-such-model","messages":[]}""", 404, "not_found_error")]
    [InlineData("POST", "v1/messages", """{"model":"pooling","messages":[]}""", 400, "invalid_request_error")]
    [InlineData("POST", "v1/messages", """{"model":"deepseek-r1","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", 400, "invalid_request_error")]
    [InlineData("GET", "v1/messages?beta=true", null, 405, "invalid_request_error")]
    [InlineData("POST", "v1/messages/batches", "{}", 404, "not_found_error")]
    [InlineData("POST", "v1/messages/count_tokens?beta=true", """{"model":"deepseek-r1","messages":[]}""", 404, "not_found_error")]
    [InlineData("POST", "api/anthropic/v1/messages", """{"model":"deepseek-r1","messages":[{"role":"user","content":"a"}]}""", 400, "invalid_request_error")]
    [InlineData("GET", "v1/models/no-such-model", null, 404, "not_found_error")]
    public async Task Error_OfEachKind_HasAnthropicsForm(string method, string path, string? body, int status, string type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await function.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var json = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal((status, "error", type), ((int)response.StatusCode, (string?)json["type"], (string?)json["error"]!["type"]));
        Assert.Equal(["type", "error", "request_id"], json.Select(member => member.Key));
        Assert.Equal(["type", "message"], json["error"]!.AsObject().Select(member => member.Key));
        Assert.Equal((string?)json["request_id"], Assert.Single(response.Headers.GetValues("request-id")));
    }

    [Fact]
    public async Task Body_AboveTheLimit_Is413()
    {
        await using var kestrel = await Attacks.KestrelFunction.StartAsync(
            function.Emulator.Address,
            new Dictionary<string, string>(FunctionFixture.Variables(function.Emulator.Address)) { ["MAX_REQUEST_BYTES"] = "1000" });
        using var client = FunctionFixture.CreateClient(kestrel.Url);

        var call = await MessagesCall.SendAsync(client, MessagesCall.Request(members: $$"""{"system":"{{new string('x', 1000)}}"}"""));

        Assert.Equal((413, "request_too_large"), (call.Status, (string?)call.Error!["type"]));
    }

    [Fact, Trait("reported", "M22")]
    public async Task Count_OfAModelThatCounts_IsTheUsageOfOneCall()
    {
        var before = function.Emulator.Calls.Count;
        var request = MessagesCall.Request(members: """{"model":"counts-tokens","system":"count-of-tokens"}""");
        request.Remove("max_tokens");

        var call = await MessagesCall.SendAsync(function.Client, request, "v1/messages/count_tokens?beta=true");

        Assert.Equal(200, call.Status);
        Assert.True((int)call.Body!["input_tokens"]! > 0, call.ToString());
        Assert.Single(call.Body.AsObject());
        var upstream = Assert.Single(function.Emulator.Calls.Skip(before),
            other => other.Body.ToJsonString().Contains("count-of-tokens", StringComparison.Ordinal));
        Assert.Equal(1, (int?)upstream.Body["max_tokens"]);
        Assert.False(upstream.Body.ContainsKey("stream"));
    }

    /// <summary>A count continues nothing: clients count a conversation after a reply.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Count_AfterAReply_IsThatOfTheConversation(bool hasPrefill)
    {
        var before = function.Emulator.Calls.Count;
        var variables = new Dictionary<string, string>(FunctionFixture.Variables(function.Emulator.Address))
        {
            ["MODELS"] = $$"""[{"name":"m","endpoint":"demo","countTokens":true,"prefill":{{(hasPrefill ? "true" : "false")}} }]""",
        };
        await using var kestrel = await Attacks.KestrelFunction.StartAsync(function.Emulator.Address, variables);
        using var client = FunctionFixture.CreateClient(kestrel.Url);
        var request = MessagesCall.Request(members: """{"model":"m","system":"count-after-a-reply"}""");
        request["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = "The reply." });

        var call = await MessagesCall.SendAsync(client, request, "v1/messages/count_tokens?beta=true");

        Assert.True(call.Status == 200 && (int)call.Body!["input_tokens"]! > 0, call.ToString());
        var upstream = Assert.Single(function.Emulator.Calls.Skip(before),
            other => other.Body.ToJsonString().Contains("count-after-a-reply", StringComparison.Ordinal));
        Assert.Equal(hasPrefill, upstream.Body.ContainsKey("continue_final_message"));
    }

    [Fact]
    public async Task Prefill_OfAModelThatContinues_IsSent()
    {
        var request = MessagesCall.Request("""{"tokens":1}""", """{"model":"claude-sonnet-4-5","top_k":7}""");
        request["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = "prefill-of-the-test" });

        var call = await MessagesCall.SendAsync(function.Client, request);

        Assert.Equal((200, "claude-sonnet-4-5"), (call.Status, (string?)call.Body!["model"]));
        var upstream = Assert.Single(function.Emulator.Calls,
            other => other.Body.ToJsonString().Contains("prefill-of-the-test", StringComparison.Ordinal));
        Assert.True((bool?)upstream.Body["continue_final_message"]);
        Assert.Equal((512, 7), ((int?)upstream.Body["max_tokens"], (int?)upstream.Body["top_k"]));
    }

    [Fact]
    public async Task Models_WithTheHeader_AreInAnthropicsForm()
    {
        var list = (await MessagesCall.SendAsync(function.Client, null, "v1/models?limit=1000", "GET")).Body!;
        var model = (await MessagesCall.SendAsync(function.Client, null, "v1/models/claude-sonnet-4-5", "GET")).Body!;

        Assert.Equal(("deepseek-r1", "pooling", false), ((string?)list["first_id"], (string?)list["last_id"], (bool?)list["has_more"]));
        Assert.Contains(list["data"]!.AsArray(), entry => JsonNode.DeepEquals(WithoutTime(entry!), WithoutTime(model)));
        Assert.Equal(
            [
                "type", "id", "display_name", "created_at", "deprecated_at", "retires_at", "lifecycle", "line", "capabilities",
                "max_input_tokens", "max_tokens",
            ],
            model.AsObject().Select(member => member.Key));
        Assert.All(["deprecated_at", "retires_at", "line", "capabilities"], name => Assert.Null(model[name]));
        Assert.Equal("active", (string?)model["lifecycle"]);
        Assert.Equal(("model", "claude-sonnet-4-5", 4096, 512),
            ((string?)model["type"], (string?)model["id"], (int?)model["max_input_tokens"], (int?)model["max_tokens"]));
        Assert.Matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string?)model["created_at"]);
    }

    // Two processes of the function can answer, and each names its own start.
    private static JsonObject WithoutTime(JsonNode model)
    {
        var copy = model.DeepClone().AsObject();
        Assert.True(copy.Remove("created_at"));
        return copy;
    }

    private Task<MessagesCall> SendAsync(string standIn, bool isStreamed, string members = "{}")
    {
        var request = MessagesCall.Request(standIn, members);
        request["stream"] = isStreamed;
        return MessagesCall.SendAsync(function.Client, request);
    }
}
