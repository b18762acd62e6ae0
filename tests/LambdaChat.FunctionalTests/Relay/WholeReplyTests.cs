using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Relay;

/// <summary>
/// Non-streaming replies of a slow model: their status, and heartbeats where the setting asks for them. The hold is one second.
/// </summary>
public sealed class WholeReplyTests(FunctionFixture function)
{
    // The wait for a cold endpoint is longer than the hold, also on a busy machine.
    private const string Models =
        """[{"name":"slow","endpoint":"demo","coldSeconds":5},{"name":"gathered","endpoint":"demo","idleSeconds":2},{"name":"pooling","endpoint":"demo","coldSeconds":5,"idleSeconds":30,"tasks":["embeddings"]}]""";

    [Theory]
    [InlineData("v1/chat/completions",
        """{"model":"slow","messages":[{"role":"user","content":"hi"}],"stand_in":{"fault":{"kind":"no_capacity"}}}""", 503,
            "model_is_starting")]
    [InlineData("v1/embeddings", """{"model":"pooling","input":"hi","stand_in":{"fault":{"kind":"no_capacity"}}}""", 503,
        "model_is_starting")]
    [InlineData("v1/chat/completions",
        """{"model":"gathered","messages":[{"role":"user","content":"hi"}],"stand_in":{"fault":{"kind":"stall","after":2}}}""", 504,
            "model_silent")]
    public async Task LateFailure_ByDefault_HasItsStatus(string path, string request, int status, string code)
    {
        await using var lambda = await StartLambdaAsync(hasHeartbeats: false);
        using var client = FunctionFixture.CreateClient(lambda.Url);

        using var response = await SendAsync(client, path, request);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((status, code), ((int)response.StatusCode, (string?)JsonNode.Parse(body)!["error"]!["code"]));
        Assert.StartsWith("{", body, StringComparison.Ordinal);
        Assert.Equal(status == 503, response.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task Reply_WithHeartbeats_FollowsLineEnds()
    {
        await using var lambda = await StartLambdaAsync(hasHeartbeats: true);
        using var client = FunctionFixture.CreateClient(lambda.Url);
        using var response = await SendAsync(
            client, "v1/chat/completions",
                """{"model":"slow","messages":[{"role":"user","content":"hi"}],"stand_in":{"tokens":1,"gate":"whole-reply"}}""");
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        Assert.Equal((200, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal('\n', body.ReadByte());
        function.Emulator.Gates.Open("whole-reply", 10);

        var answer = await JsonNode.ParseAsync(body, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(answer!["choices"]);
    }

    [Theory]
    [InlineData("v1/chat/completions",
        """{"model":"slow","messages":[{"role":"user","content":"hi"}],"stand_in":{"fault":{"kind":"no_capacity"}}}""")]
    [InlineData("v1/embeddings", """{"model":"pooling","input":"hi","stand_in":{"fault":{"kind":"no_capacity"}}}""")]
    public async Task LateFailure_WithHeartbeats_BreaksTheResponseOff(string path, string request)
    {
        await using var lambda = await StartLambdaAsync(hasHeartbeats: true);
        using var client = FunctionFixture.CreateClient(lambda.Url);

        using var response = await SendAsync(client, path, request);

        Assert.Equal(200, (int)response.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private Task<LocalLambda> StartLambdaAsync(bool hasHeartbeats) => FunctionFixture.StartLambdaAsync(
        function.Emulator.Address,
        new Log(),
        options => options with
        {
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["MODELS"] = Models,
                ["HOLD_SECONDS"] = "1",
                ["HEARTBEAT_SECONDS"] = "1",
                ["WHOLE_REPLY_HEARTBEAT"] = hasHeartbeats ? "true" : "false",
            },
        });

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string request) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(request, null, "application/json") },
        HttpCompletionOption.ResponseHeadersRead,
        TestContext.Current.CancellationToken);
}
