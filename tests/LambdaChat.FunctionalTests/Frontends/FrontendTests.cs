using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Frontends;

/// <summary>The protocols of chat pages through the whole function: requests, errors and what reaches the model.</summary>
public sealed class FrontendTests(FunctionFixture function)
{
    private const string Question = "9.11 和 9.8，哪个更大？";

    [Theory]
    [InlineData("api/chat")]
    [InlineData("/api/chat")]
    [InlineData("ag-ui")]
    public async Task Text_WithThinking_IsStreamed(string path)
    {
        var call = await FrontendCall.SendAsync(function.Client, path, FrontendCall.Request(path.TrimStart('/'), Question));

        Assert.Equal((200, Script.Answer(Question), "stop"), (call.Status, (call.Thinking, call.Text), call.Finish));
        Assert.True((int)call.Usage!["inputTokens"]! > 0, call.ToString());
        Assert.Equal(path.EndsWith("chat", StringComparison.Ordinal), call.Headers.Contains("x-vercel-ai-ui-message-stream"));
        Assert.Equal("no", call.Headers.GetValues("x-accel-buffering").Single());
    }

    [Theory]
    [InlineData("api/chat", "hidden", 200)]
    [InlineData("ag-ui", "hidden", 200)]
    [InlineData("ag-ui", "some", 400)]
    public async Task Thinking_IsHiddenByTheHeader(string path, string value, int status)
    {
        using var client = FunctionFixture.CreateClient(function.Lambda.Url);
        client.DefaultRequestHeaders.Add("X-Reasoning-Output", value);

        var call = await FrontendCall.SendAsync(client, path, FrontendCall.Request(path, Question));

        Assert.Equal((status, "", status == 200 ? Script.Answer(Question).Content : ""), (call.Status, call.Thinking, call.Text));
        Assert.DoesNotContain(call.Events, data => ((string)data["type"]!).StartsWith("REASONING", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("api/chat", """{"model":"served-name"}""", "served-name")]
    [InlineData("api/chat", """{"config":{"modelName":"served-name","apiKey":"x","baseUrl":"https://x"}}""", "served-name")]
    [InlineData("api/chat", "{}", "many-settings")] // The default.
    [InlineData("ag-ui/served-name", """{"forwardedProps":{"model":"plain-call"}}""", "served-name")]
    [InlineData("ag-ui/", """{"forwardedProps":{"model":"served-name"}}""", "served-name")]
    [InlineData("ag-ui", "{}", "many-settings")]
    public async Task Model_OfTheRequest_IsAsked(string path, string members, string model)
    {
        var request = FrontendCall.Request(path.Split('/')[0] == "ag-ui" ? FrontendCall.AgUi : path, """{"stand_in":{"tokens":1} }""");
        request.Remove("model");
        request.Remove("forwardedProps");
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        var call = await FrontendCall.SendAsync(function.Client, path, request);

        Assert.Equal(" t0", call.Text);
        Assert.Equal(model, (string?)(call.End!["messageMetadata"]?["model"] ?? call.End["usage"]![0]!["model"]));
    }

    [Theory]
    [Trait("Report", "microsoft/agent-framework#2384")]
    [InlineData("POST", "api/chat", "{", 400, "We could not parse the JSON body of your request (line 1, byte 1).")]
    [InlineData("POST", "api/chat", """{"model":"no-such-model","messages":[]}""", 404,
        "The model `no-such-model` does not exist or you do not have access to it. GET /v1/models lists the available models.")]
    [InlineData("POST", "api/chat", """{"messages":[]}""", 400,
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")]
    [InlineData("POST", "api/chat", "[]", 400, "The request body must be a JSON object.")]
    [InlineData("GET", "api/chat", null, 405, "Not allowed to GET on /api/chat. Allowed: POST.")]
    [InlineData("GET", "api/chat/x/stream", null, 204, "")]
    [InlineData("HEAD", "api/chat/x/stream", null, 204, "")]
    [InlineData("GET", "api/chat/__LOCALID_x%2Fy/stream?v=1", null, 204, "")]
    [InlineData("POST", "ag-ui/no-such-model", "{}", 404, "The model `no-such-model` does not exist or you do not have access to it. GET /v1/models lists the available models.")]
    [InlineData("POST", "ag-ui", """{"method":"info"}""", 400,
        "Missing required parameter: 'messages'. Expected an array of messages, as AG-UI's HttpAgent sends it.")]
    [InlineData("GET", "ag-ui/info", null, 405, "Not allowed to GET on /ag-ui/info. Allowed: POST.")]
    public async Task Request_OfEachKind_HasItsStatus(string method, string path, string? body, int status, string message)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await function.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var shown = text.StartsWith('{') ? (string?)JsonNode.Parse(text)!["error"]!["message"] : text;
        Assert.Equal((status, message), ((int)response.StatusCode, shown));
        Assert.Equal(path.StartsWith("ag-ui", StringComparison.Ordinal), text.StartsWith('{'));
    }

    [Fact]
    public async Task Chat_WithoutAKey_IsOneSentence()
    {
        using var client = new HttpClient { BaseAddress = function.Lambda.Url };

        var call = await FrontendCall.SendAsync(client, "api/chat", FrontendCall.Request(FrontendCall.UiMessages, "x"));
        var resumed = await FrontendCall.SendAsync(client, "api/chat/x/stream", null, "GET");

        Assert.Equal(401, call.Status);
        Assert.StartsWith("You didn't provide an API key.", call.Body, StringComparison.Ordinal);
        Assert.Equal((401, call.Body), (resumed.Status, resumed.Body));
    }
}
