using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LambdaChat.FunctionalTests.Docs;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>
/// How the Lambda emulator ends the responses of a function. The function is a process that does nothing: the test calls its Runtime API.
/// </summary>
public sealed class FunctionResponseTests : IAsyncLifetime
{
    private const string Authority = "The Runtime API is ";
    private const string Separator = "\0\0\0\0\0\0\0\0";

    // A file that another thread has just written cannot be executed while a process that starts has a copy of its open handle.
    private readonly string _function = Path.Combine(Repository.Root, "tests", "LambdaChat.FunctionalTests", "Local", "idle-function.sh");
    private readonly Log _log = new();
    private readonly HttpClient _runtime = new();
    private Action<string> _onLine = _ => { };
    private LocalLambda? _lambda;
    private HttpClient? _client;

    public async ValueTask InitializeAsync()
    {
        _lambda = await LocalLambda.StartAsync(new LambdaOptions
        {
            FunctionPath = _function,
            Log = line =>
            {
                _log.Write(line);
                _onLine(line);
            },
            MaxEnvironments = 1,
            InitTimeout = TimeSpan.FromMinutes(1), // For a busy machine.
            IdleGrace = Timeout.InfiniteTimeSpan,
        });
        _client = new HttpClient { BaseAddress = _lambda.Url, Timeout = TimeSpan.FromMinutes(1) };
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _runtime.Dispose();
        await (_lambda?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task Response_OfAFunctionThatContinuesToWork_IsComplete()
    {
        var (call, invocation) = await StartAsync();

        using var accepted = await PostAsync($"{invocation}/response", $"{{\"statusCode\":201}}{Separator}hello");

        using var response = await call; // The function has not polled again.
        Assert.Equal((HttpStatusCode.Created, "hello"), (response.StatusCode, await TextOf(response)));
        Assert.Equal("""{"status":"OK"}""", await TextOf(accepted));
    }

    [Theory]
    [InlineData("{bad" + Separator)]
    [InlineData("[]" + Separator)]
    [InlineData("null" + Separator)]
    [InlineData("{\"statusCode\":\"200\"}" + Separator)]
    [InlineData("{\"statusCode\":200.5}" + Separator)]
    [InlineData("{\"headers\":{\"a b\\n\":\"c\"}}" + Separator)]
    [InlineData("{\"headers\":{\"content-length\":\"x\"}}" + Separator)]
    [InlineData("{\"cookies\":\"a=b\"}" + Separator)]
    [InlineData(Separator)]
    [InlineData("{\"statusCode\":200}")]
    public async Task Response_WithoutAValidPrelude_Is502(string body)
    {
        var (call, invocation) = await StartAsync();

        using var refused = await PostAsync($"{invocation}/response", body);

        using var response = await call;
        Assert.Equal(
            (HttpStatusCode.BadGateway, """{"Message":"Internal Server Error"}"""), (response.StatusCode, await TextOf(response)));
        Assert.Equal("""{"errorType":"Runtime.InvalidResponsePrelude"}""", await TextOf(refused));
        await _log.WaitForAsync("Error Type: Runtime.InvalidResponsePrelude");
    }

    /// <summary>A function URL reads a prelude only from its content type.</summary>
    [Theory]
    [InlineData("text/event-stream", "text/event-stream")]
    [InlineData(null, "application/octet-stream")]
    public async Task Response_OfAnotherType_IsSentAsItIs(string? type, string expected)
    {
        const string Body = "{\"statusCode\":201}" + Separator + "hello";
        var (call, invocation) = await StartAsync();

        using var accepted = await PostAsync($"{invocation}/response", Body, type);

        using var response = await call;
        Assert.Equal(
            (HttpStatusCode.OK, expected, Body),
            (response.StatusCode, response.Content.Headers.ContentType!.ToString(), await TextOf(response)));
    }

    [Fact]
    public async Task Response_LongerThanItsHeaderSays_IsAborted()
    {
        var (call, invocation) = await StartAsync();

        using var refused = await PostAsync($"{invocation}/response", "{\"headers\":{\"content-length\":\"1\"}}" + Separator + "hello");

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.Equal("""{"errorType":"Runtime.InvalidResponse"}""", await TextOf(refused));
    }

    [Theory]
    [InlineData("{\"errorMessage\":\"boom\"}", "Function.Boom: boom")]
    [InlineData("{\"errorMessage\":1}", "Error Type: Function.Boom")]
    [InlineData("[]", "Error Type: Function.Boom")]
    [InlineData("{bad", "Error Type: Function.Boom")]
    [InlineData("", "Error Type: Function.Boom")]
    public async Task Error_InAnyForm_Is502(string body, string logged)
    {
        var (call, invocation) = await StartAsync();

        using var accepted = await PostAsync($"{invocation}/error", body);

        using var response = await call;
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await _log.WaitForAsync(logged);
    }

    /// <summary>Whoever reads the line can send the next request, also if this was the only environment that may run.</summary>
    [Fact]
    public async Task Report_IsLogged_AfterTheEnvironmentWasReleased()
    {
        using var stop = new CancellationTokenSource();
        var next = Task.FromResult<ExecutionEnvironment?>(null);
        _onLine = line => next = line.StartsWith("REPORT ", StringComparison.Ordinal)
            ? _lambda!.Environments.AcquireAsync(stop.Token) : next;
        var (call, _) = await StartAsync();

        using var process = Process.GetProcessById(_lambda!.Environments.All.Single().ProcessId);
        process.Kill();

        using var response = await call;
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.False(next.IsCompleted); // It starts another environment, and was not throttled.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    // Calls the function URL, and takes the invocation as the function.
    private async Task<(Task<HttpResponseMessage> Call, string Invocation)> StartAsync()
    {
        var call = _client!.GetAsync("", TestContext.Current.CancellationToken);
        var line = await _log.WaitForAsync(Authority);
        _runtime.BaseAddress = new Uri($"http://{line[(line.IndexOf(Authority, StringComparison.Ordinal) + Authority.Length)..].Trim()}");
        using var next = await _runtime.GetAsync("2018-06-01/runtime/invocation/next", TestContext.Current.CancellationToken);
        return (call, $"2018-06-01/runtime/invocation/{next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single()}");
    }

    private async Task<HttpResponseMessage> PostAsync(
        string path, string body, string? type = "application/vnd.awslambda.http-integration-response")
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        message.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        message.Headers.Add("Lambda-Runtime-Function-Response-Mode", "streaming");
        message.Headers.Add(RuntimeApiServer.ErrorType, "Function.Boom");
        return await _runtime.SendAsync(message, TestContext.Current.CancellationToken);
    }

    private static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
