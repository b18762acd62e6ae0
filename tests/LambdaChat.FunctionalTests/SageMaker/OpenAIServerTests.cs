using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using static LambdaChat.FunctionalTests.SageMaker.EmulatorClient;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>A model server behind the emulator, as with <c>--openai</c>: its routes, the loss of its connection, and its time.</summary>
public sealed class OpenAIServerTests : IAsyncLifetime
{
    private const string Stream = "invocations-response-stream";
    private const string Event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    private const string NoResponse = "Received server error (0) from primary with message \"Amazon SageMaker could not get a response";
    private const string TimedOut = "Received server error (0) from primary with message \"Your invocation timed out while waiting";

    private static readonly string[] Paths = ["invocations", Stream, OpenAIPath];

    private readonly WebApplication _server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _log = new();
    private Func<HttpContext, Task> _answer = static context => context.Response.WriteAsync("{}");
    private SageMakerEmulator? _emulator;

    public async ValueTask InitializeAsync()
    {
        _server.MapPost("/v1/{**path}", context => _answer(context));
        await _server.ListenAsync(IPAddress.Loopback, port: 0);
        _emulator = await StartAsync($"{_server.UrlToCall()}v1");
    }

    public async ValueTask DisposeAsync()
    {
        await _emulator!.DisposeAsync();
        await _server.StopNowAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "chat/completions")]
    [InlineData("""{"prompt":"a"}""", "completions")]
    [InlineData("""{"input":"a"}""", "embeddings")]
    [InlineData("""{"messages":[],"encoding_format":"float"}""", "embeddings")]
    [InlineData("""{"query":"a","documents":["b"]}""", "rerank")]
    [InlineData("""{"text_1":"a","text_2":"b"}""", "score")]
    [InlineData("""{"queries":"a","items":["b"]}""", "score")]
    [InlineData("""{"data_1":"a","data_2":"b"}""", "score")]
    public async Task Task_HasItsOwnRoute(string body, string path)
    {
        _answer = static context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync(context.Request.Path);
        };

        var (status, _, error) = await AskAsync(_emulator!, "invocations", body);

        Assert.Equal((424, $"/v1/{path}"), (status, (string?)JsonNode.Parse(error)!["OriginalMessage"]));
        Assert.Equal([$"The model server answered 404 to POST {_server.UrlToCall()}v1/{path}."], _log);
    }

    [Fact]
    public async Task Server_ThatEndsInAStream_BreaksTheStream()
    {
        _answer = BreakAsync;

        var (status, _, body) = await AskAsync(_emulator!, Stream, Chat("{}"));

        Assert.Equal(200, status);
        Assert.Contains(Event, body, StringComparison.Ordinal);
        Assert.Contains("ModelStreamError", body, StringComparison.Ordinal);
        Assert.Contains("\"ErrorCode\":\"StreamBroken\"", body, StringComparison.Ordinal);
        AssertLogged($"The connection to the model server {_server.UrlToCall()}v1 was lost before its response was complete: ");
    }

    [Fact]
    public async Task Server_ThatEndsInADocument_IsAModelError()
    {
        _answer = BreakAsync;

        var (status, error) = await AskForErrorAsync("invocations");

        Assert.Equal((424, 0), (status, (int)error["OriginalStatusCode"]!));
        Assert.StartsWith(NoResponse, (string?)error["Message"], StringComparison.Ordinal);
        AssertLogged($"The connection to the model server {_server.UrlToCall()}v1 was lost before its response was complete: ");
    }

    [Fact]
    public async Task Server_ThatEndsOnTheOpenAIRoute_LosesTheConnection()
    {
        _answer = BreakAsync;

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(_emulator!, OpenAIPath, Chat("{}")));
    }

    [Fact]
    public async Task Server_ThatIsUnreachable_IsAModelError()
    {
        await using var emulator = await StartAsync("http://127.0.0.1:9/v1");
        foreach (var path in Paths)
        {
            var (status, error) = await AskForErrorAsync(path, emulator);

            Assert.Equal((424, 0), (status, (int)error["OriginalStatusCode"]!));
            Assert.StartsWith(NoResponse, (string?)error["Message"], StringComparison.Ordinal);
        }

        Assert.Equal(Paths.Length, _log.Count);
        const string Line = "The model server http://127.0.0.1:9/v1 is unreachable: ";
        Assert.All(_log, line => Assert.StartsWith(Line, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("invocations", 59.9, false)]
    [InlineData("invocations", 60, true)]
    [InlineData(Stream, 479.9, false)]
    [InlineData(Stream, 480, true)]
    [InlineData(OpenAIPath, 479.9, false)]
    [InlineData(OpenAIPath, 480, true)]
    public async Task Server_WithoutAResponse_HasALimitedTime(string path, double seconds, bool isEnded)
    {
        var (asked, released) = (NewSignal(), NewSignal());
        _answer = async context =>
        {
            asked.SetResult();
            await released.Task;
            await context.Response.WriteAsync(Event);
        };

        var call = AskAsync(_emulator!, path, Chat("{}"));
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(seconds));
        if (!isEnded)
        {
            released.SetResult();
        }

        var (status, _, body) = await call.WaitAsync(WaitLimit.Duration, TestContext.Current.CancellationToken);
        released.TrySetResult();
        Assert.Equal(isEnded ? 424 : 200, status);
        Assert.Contains(isEnded ? JsonValue.Create(TimedOut).ToJsonString()[1..^1] : Event, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_HasALimitedTime()
    {
        _answer = async context =>
        {
            await context.Response.WriteAsync(Event);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        };
        using var client = new HttpClient { BaseAddress = _emulator!.Address };
        using var message = new HttpRequestMessage(HttpMethod.Post, $"endpoints/e/{Stream}") { Content = new StringContent(Chat("{}")) };
        message.Headers.Host = _emulator.Address.Authority;
        Signer.Sign(message, Chat("{}"));
        using var response = await client.SendAsync(
            message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromMinutes(8));

        using var limit = WaitLimit.Start();
        var body = await response.Content.ReadAsStringAsync(limit.Token);
        Assert.Contains("ModelStreamError", body, StringComparison.Ordinal);
        Assert.Contains("\"ErrorCode\":\"ModelInvocationTimeExceeded\"", body, StringComparison.Ordinal);
    }

    // Sends one event, and loses the connection.
    private static async Task BreakAsync(HttpContext context)
    {
        await context.Response.WriteAsync(Event);
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private async Task<(int Status, JsonNode Error)> AskForErrorAsync(string path, SageMakerEmulator? emulator = null)
    {
        var (status, _, body) = await AskAsync(emulator ?? _emulator!, path, Chat("{}"));
        return (status, JsonNode.Parse(body)!);
    }

    private Task<SageMakerEmulator> StartAsync(string url) => SageMakerEmulator.StartAsync(
        new EmulatorOptions { Pace = 0, TimeProvider = _time }, new OpenAIServer(new Uri(url), key: null, _http, _log.Enqueue));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void AssertLogged(string start) =>
        Assert.StartsWith(start, Assert.Single(_log), StringComparison.Ordinal);
}
