using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>The API without streaming: non-streaming replies, other tasks, aliases, defaults and caps.</summary>
public sealed class PoolingTests(FunctionFixture function)
{
    [Theory]
    [InlineData(FunctionFixture.Model, "invocations-response-stream", true)]
    [InlineData("plain-call", "invocations", false)]
    [InlineData("component-openai", "inference-components/ic-1/openai/v1/chat/completions", true)]
    public async Task NonStreaming_EachTransport_ReturnsTheSameCompletion(string model, string path, bool isStreamedUpstream)
    {
        var (status, body) = await AskAsync("v1/chat/completions", Request(model, "one-piece-" + model));

        Assert.Equal(200, status);
        var completion = JsonNode.Parse(body)!;
        var (reasoning, content) = Script.Answer("hi");
        Assert.Equal(["id", "object", "created", "model", "choices", "usage"], completion.AsObject().Select(member => member.Key).Take(6));
        Assert.Equal(("chat.completion", model), ((string?)completion["object"], (string?)completion["model"]));
        var choice = completion["choices"]![0]!;
        Assert.Equal((0, "stop", "assistant"),
            ((int)choice["index"]!, (string?)choice["finish_reason"], (string?)choice["message"]!["role"]));
        Assert.Equal((reasoning, content), ((string?)choice["message"]!["reasoning_content"], (string?)choice["message"]!["content"]));
        Assert.True((int)completion["usage"]!["prompt_tokens"]! > 0);
        var call = Call("one-piece-" + model);
        Assert.EndsWith(path, call.Path, StringComparison.Ordinal);
        Assert.Equal(isStreamedUpstream, (bool)call.Body["stream"]!);
        Assert.Equal(isStreamedUpstream, call.Body.ContainsKey("stream_options"));
    }

    [Fact]
    public async Task OpenAIRoute_Token_IsSentAndNeverShown()
    {
        var (_, body) = await AskAsync("v1/chat/completions", Request("component-openai", "token"));

        var token = Call("token").Headers["Authorization"];
        Assert.StartsWith("Bearer sagemaker-api-key-", token, StringComparison.Ordinal);
        Assert.DoesNotContain("sagemaker-api-key", body, StringComparison.Ordinal);
        await function.Log.WaitForAsync("\"model\":\"component-openai\"");
        Assert.DoesNotContain("sagemaker-api-key", string.Join('\n', function.Log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("container_error", 500, "boom")]
    [InlineData("model_stream_error", 502, "The model server closed the connection before the reply was complete.")]
    [InlineData("end", 424, "The model's reply ended without a finish reason and may be incomplete.")]
    public async Task NonStreaming_Fault_ReturnsAnErrorWithoutAPartialReply(string kind, int status, string message)
    {
        var request = Request(FunctionFixture.Model, "fault");
        request["stand_in"]!["fault"] = new JsonObject
        {
            ["kind"] = kind,
            ["after"] = 5,
            ["message"] = """{"error":{"message":"boom","code":500}}"""
        };

        var answer = await AskAsync("v1/chat/completions", request);

        Assert.Equal((status, message), (answer.Status, (string?)JsonNode.Parse(answer.Body)!["error"]!["message"]));
    }

    [Theory]
    [InlineData("reasoning-hidden", null, null, "")]
    [InlineData("reasoning-hidden", "reasoning_content", null, "reasoning_content")]
    [InlineData("reasoning-hidden", "reasoning_content", "reasoning", "reasoning")]
    [InlineData(FunctionFixture.Model, null, "both", "reasoning_content,reasoning")]
    [InlineData(FunctionFixture.Model, "think", null, "think")]
    public async Task Reasoning_ModelHeaderAndBody_ChooseInThatOrder(string model, string? header, string? member, string expected)
    {
        var id = $"reasoning-{model}-{header}-{member}";
        var request = Request(model, id);
        request["reasoning_output"] = member;

        var message = JsonNode.Parse((await AskAsync("v1/chat/completions", request, header)).Body)!["choices"]![0]!["message"]!;

        var (reasoning, content) = Script.Answer("hi");
        Assert.Equal(expected == "think" ? $"<think>{reasoning}</think>{content}" : content, (string?)message["content"]);
        Assert.Equal(expected.Contains("reasoning_content", StringComparison.Ordinal)
            ? reasoning
            : null, (string?)message["reasoning_content"]);
        Assert.Equal(expected.EndsWith("reasoning", StringComparison.Ordinal) ? reasoning : null, (string?)message["reasoning"]);
        Assert.False(Call(id).Body.ContainsKey("reasoning_output"));
    }

    [Fact]
    public async Task Model_DefaultsCapsAndHistory_AreApplied()
    {
        var request = Request("many-settings-alias", "many-settings");
        request["n"] = 5;
        request["max_tokens"] = 1000;
        request["ignore_eos"] = true;
        request["messages"] = JsonNode.Parse(
            """[{"role":"user","content":"a"},{"role":"assistant","content":"> well\n\n> so\n\nb","reasoning_content":"c"},{"role":"user","content":"> d\n\ne"}]""");

        var (status, body) = await AskAsync("v1/chat/completions", request);

        Assert.Equal(200, status);
        Assert.Equal(("many-settings-alias", 2),
            ((string?)JsonNode.Parse(body)!["model"], JsonNode.Parse(body)!["choices"]!.AsArray().Count));
        var sent = Call("many-settings").Body;
        Assert.Equal((2, 100, false), ((int)sent["n"]!, (int)sent["max_tokens"]!, (bool)sent["ignore_eos"]!));
        Assert.Equal(("""0.6""", """{"x":true}"""), (sent["temperature"]!.ToJsonString(), sent["chat_template_kwargs"]!.ToJsonString()));
        Assert.Equal("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"> d\n\ne"}]""",
            sent["messages"]!.ToJsonString(Relaxed));
    }

    [Fact]
    public async Task Model_LeftOut_IsTheDefault()
    {
        var request = Request("", "default");
        request.Remove("model");
        request["stream"] = true;

        var events = await Reply.ReadAsync(function.Client, request);

        Assert.Equal("many-settings", (string?)JsonNode.Parse(events[0])!["model"]);
        Assert.True((bool)Call("default").Body["stream_options"]!["include_usage"]!);
        Assert.DoesNotContain(events, data => data.Contains("\"usage\":{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v1/embeddings", """{"model":"pooling","input":"x"}""", "data")]
    [InlineData("embeddings", """{"model":"pooling","input":["x","y"]}""", "data")]
    [InlineData("v1/rerank", """{"model":"pooling","query":"x","documents":["x y","z"]}""", "results")]
    [InlineData("v1/score", """{"model":"pooling","text_1":"x","text_2":["x","y"]}""", "data")]
    [InlineData("api/openai/v1/completions", """{"model":"pooling","prompt":"hi"}""", "choices")]
    public async Task Task_OtherThanChat_ReturnsTheModelsReply(string path, string body, string member)
    {
        var request = JsonNode.Parse(body)!.AsObject();
        request["user"] = "task of " + path;
        var (status, answer) = await AskAsync(path, request);

        Assert.Equal(200, status);
        Assert.Equal("pooling", (string?)JsonNode.Parse(answer)!["model"]);
        Assert.NotEmpty(JsonNode.Parse(answer)![member]!.AsArray());
        Assert.Equal("bge", (string?)Call("task of " + path).Body["model"]);
    }

    [Fact]
    public async Task TextCompletion_Streamed_IsRepairedAndEnds()
    {
        using var response = await function.Client.PostAsJsonAsync(
            "v1/completions", JsonNode.Parse("""{"model":"pooling","prompt":"hi","stream":true}"""), TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(text => !text.StartsWith(':')) // A pause on Lambda.
            .Select(text => text["data: ".Length..]).ToList();
        Assert.Equal("[DONE]", events[^1]);
        Assert.All(events[..^1],
            data => Assert.Equal(("text_completion", "pooling"),
                ((string?)JsonNode.Parse(data)!["object"], (string?)JsonNode.Parse(data)!["model"])));
        Assert.NotEmpty(string.Concat(events[..^1].Select(data => (string?)JsonNode.Parse(data)!["choices"]![0]!["text"])));
    }

    [Theory]
    [InlineData("v1/embeddings", """{"model":"deepseek-r1","input":"x"}""", "model",
        "Invalid 'model': the model does not support embeddings; it supports chat.")]
    [InlineData("v1/chat/completions", """{"model":"pooling","messages":[{}]}""", "model",
        "Invalid 'model': the model does not support chat; it supports completions, embeddings, rerank, score.")]
    [InlineData("v1/embeddings", """{"model":"pooling"}""", "input",
        "Missing required parameter: 'input'. Expected a string or an array of strings, integers, or integer arrays.")]
    [InlineData("v1/rerank", """{"model":"pooling","query":"x"}""", "documents",
        "Missing required parameter: 'documents'. Expected an array of strings.")]
    [InlineData("v1/completions", """{"model":"pooling"}""", "prompt",
        "Missing required parameter: 'prompt'. Expected a string or an array of strings, integers, or integer arrays.")]
    [InlineData("v1/completions", """{"model":"pooling","stream":true,"n":100,"prompt":["a","b"]}""", "prompt",
        "Invalid 'prompt': a request with `n` 100 may have at most 1 prompts.")]
    [InlineData("v1/completions", """{"model":"pooling","n":100,"prompt":["a","b"]}""", "prompt",
        "Invalid 'prompt': a request with `n` 100 may have at most 1 prompts.")]
    [InlineData("v1/chat/completions", """{"model":"deepseek-r1","messages":[{}],"reasoning_output":"loud"}""", "reasoning_output",
        "Invalid value: 'loud'. Supported values are: 'reasoning_content', 'reasoning', 'both', 'think', and 'hidden'.")]
    [InlineData("v1/chat/completions", """{"model":"deepseek-r1","messages":[{}],"n":0}""", "n",
        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("v1/chat/completions", """{"model":"many-settings","messages":[{}],"max_tokens":"many"}""", "max_tokens",
        "Invalid type for 'max_tokens': expected an integer, but got a string instead.")]
    public async Task Request_Wrong_Is400WithItsField(string path, string body, string param, string message)
    {
        var (status, answer) = await AskAsync(path, JsonNode.Parse(body)!.AsObject());

        var error = JsonNode.Parse(answer)!["error"]!;
        Assert.Equal((400, param, message), (status, (string?)error["param"], (string?)error["message"]));
    }

    [Theory]
    [InlineData("chat/completions")]
    [InlineData("api/openai/v1/chat/completions")]
    [InlineData("api/deepseek/chat/completions")]
    public async Task Path_OfNextChat_IsTheSame(string path) =>
        Assert.Equal(200, (await AskAsync(path, Request(FunctionFixture.Model, "path"))).Status);

    [Theory]
    [InlineData("dashboard/billing/usage?start_date=2026-11-01", "\"total_usage\":0")]
    [InlineData("api/openai/dashboard/billing/subscription", "\"hard_limit_usd\":0")]
    [InlineData("api/openai/v1/models", "\"context_length\":8192,\"reasoning\":\"both\"")]
    public async Task Path_OfNextChatsSettings_IsAnswered(string path, string text) =>
        Assert.Contains(text, await function.Client.GetStringAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);

    [Fact]
    public async Task Key_AsNextChatsAccessCode_IsAccepted()
    {
        using var client = new HttpClient { BaseAddress = function.Lambda.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "nk-" + FunctionFixture.Key);

        Assert.NotEmpty(await client.GetStringAsync("v1/models", TestContext.Current.CancellationToken));
    }

    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // "user" comes through, so that a call is found again.
    private static JsonObject Request(string model, string id)
    {
        var request = Reply.Request();
        request["model"] = model;
        request["stream"] = false;
        request["user"] = id;
        return request;
    }

    private EmulatorCall Call(string id) => function.Emulator.Calls.Single(call => (string?)call.Body["user"] == id);

    private async Task<(int Status, string Body)> AskAsync(string path, JsonObject body, string? reasoning = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (reasoning is not null)
        {
            message.Headers.Add("X-Reasoning-Output", reasoning);
        }

        using var response = await function.Client.SendAsync(message, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
