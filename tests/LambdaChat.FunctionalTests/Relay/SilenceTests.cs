using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Relay;

/// <summary>
/// Heartbeats of a streaming reply while the model is silent, as a client receives them. The hold and the interval are one second.
/// </summary>
public sealed class SilenceTests(FunctionFixture function) : IAsyncLifetime
{
    private LocalLambda? _lambda;
    private HttpClient _client = new();

    [Fact]
    public async Task Stream_BetweenTokens_SendsComments()
    {
        using var response = await StartAsync(Reply.Request("""{"tokens":1,"gate":"silence-stream"}"""));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        await ReadUntilAsync(reader, ": keep-alive");
        await ReadUntilAsync(reader, ": keep-alive");
        function.Emulator.Gates.Open("silence-stream", 10);

        await ReadUntilAsync(reader, "data: [DONE]");
    }

    [Fact]
    public async Task Stream_BeforeTheFirstToken_SendsComments()
    {
        using var response = await StartAsync(
            Reply.Request("""{"tokens":1,"fault":{"kind":"no_capacity","times":1} }""", """{"model":"cold-30s","user":"silence-cold"}"""));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal(": keep-alive", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await ReadUntilAsync(reader, "data: [DONE]");
    }

    public async ValueTask InitializeAsync()
    {
        _lambda = await FunctionFixture.StartLambdaAsync(
            function.Emulator.Address,
            new Log(),
            options =>
                options with
                {
                    Variables = new Dictionary<string, string>(options.Variables)
                    {
                        ["HOLD_SECONDS"] = "1",
                        ["HEARTBEAT_SECONDS"] = "1"
                    }
                });
        _client = FunctionFixture.CreateClient(_lambda.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _lambda!.DisposeAsync();
    }

    private Task<HttpResponseMessage> StartAsync(JsonObject request) => _client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(request) },
        HttpCompletionOption.ResponseHeadersRead,
        TestContext.Current.CancellationToken);

    private static async Task ReadUntilAsync(StreamReader reader, string line)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } read && read != line)
        {
            Assert.NotEqual("data: [DONE]", read);
        }
    }
}
