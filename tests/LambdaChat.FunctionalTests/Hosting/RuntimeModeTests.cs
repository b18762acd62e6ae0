using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>REST APIs, <c>sam local</c>, concurrent invocations and SnapStart.</summary>
public sealed class RuntimeModeTests(FunctionFixture function)
{
    private readonly Log _log = new();

    [Theory]
    [InlineData("v1/chat/completions")]
    [InlineData("prod/v1/chat/completions")]
    public async Task RestApi_Reply_StreamsEventByEvent(string path)
    {
        await using var lambda = await StartAsync(options => options with { EventFormat = EventFormat.Rest });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var gate = Guid.NewGuid().ToString();
        var cancellation = TestContext.Current.CancellationToken;
        var request = Reply.Request($$"""{"tokens":3,"gate":"{{gate}}"}""");
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(request) };
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));

        var first = await reader.ReadLineAsync(cancellation);
        function.Emulator.Gates.Open(gate, 10);
        var rest = await reader.ReadToEndAsync(cancellation);

        Assert.StartsWith("data: {", first, StringComparison.Ordinal);
        rest = rest.Replace("\n: \n\n", "\n", StringComparison.Ordinal); // A slow machine sends comments after the last event.
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task RestApi_ErrorsAndOtherResponses_KeepStatusAndHeaders()
    {
        await using var lambda = await StartAsync(options => options with { EventFormat = EventFormat.Rest });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        using var stranger = new HttpClient { BaseAddress = lambda.Url };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "v1/models")
        {
            Headers =
            {
                { "Origin", "https://chat.example.com" },
                { "Access-Control-Request-Method", "GET" },
                { "Access-Control-Request-Headers", "authorization" },
            },
        };

        using var models = await client.GetAsync("v1/models?a=1&a=2", TestContext.Current.CancellationToken);
        using var refused = await stranger.GetAsync("v1/models", TestContext.Current.CancellationToken);
        using var allowed = await stranger.SendAsync(preflight, TestContext.Current.CancellationToken);
        var failure = await Reply.AskAsync(client, Reply.Request(members: """{"model":"nope"}"""));

        Assert.Equal((200, "application/json"), ((int)models.StatusCode, models.Content.Headers.ContentType!.MediaType));
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
        var allowedBody = await allowed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((200, "\n"), ((int)allowed.StatusCode, allowedBody));
        Assert.Equal("authorization", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Equal(404, failure.Status);
        Assert.Contains("model_not_found", failure.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "prod", 302, "/prod/")]
    [InlineData("HEAD", "prod?api=%2Fv1&b=c%20d", 302, "/prod/?api=%2Fv1&b=c%20d")]
    [InlineData("GET", "prod/", 200, null)]
    [InlineData("GET", "prod/assets/main.js", 200, null)]
    [InlineData("GET", "prod/v1/models", 200, null)]
    [InlineData("POST", "prod", 405, null)]
    public async Task RestApi_StageWithoutASlash_IsRedirectedToThePage(string method, string path, int status, string? location)
    {
        await using var lambda = await StartAsync(options => options with { EventFormat = EventFormat.Rest });
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = lambda.Url };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new("Bearer", FunctionFixture.Key);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((status, location), ((int)response.StatusCode, response.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task RestApi_UnderSamLocal_HasABufferedResponse()
    {
        await using var lambda = await StartAsync(options => options with { EventFormat = EventFormat.Rest, IsSamLocal = true });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var events = await Reply.ReadAsync(client, Reply.Request("""{"content":"你好 🤔","reasoning":"…"}"""));

        Assert.Equal(("…", "你好 🤔"), Reply.Join(events));
        Assert.Equal("[DONE]", events[^1]);
    }

    [Theory]
    [InlineData(2_048, false)]
    [InlineData(2_049, true)]
    public async Task Start_LongSettings_LogAWarning(int used, bool isWarned)
    {
        var models = $$"""[{"name":"{{FunctionFixture.Model}}","endpoint":"demo"}]""";
        await using var lambda = await StartAsync(options =>
        {
            var length = used - "MODELSAPI_KEYS".Length - options.Variables["API_KEYS"].Length;
            return options with { Variables = new Dictionary<string, string>(options.Variables) { ["MODELS"] = models.PadRight(length) } };
        });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}"""));
        await _log.WaitForAsync("completed");

        Assert.Equal(isWarned ? 1 : 0, _log.Lines.Count(line => line.Contains(" 4096 bytes ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task HeldBackChunks_Event_ArrivesDuringThePause()
    {
        await using var lambda = await StartAsync(options => options with { HoldsBackChunks = true });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var gate = Guid.NewGuid().ToString();
        await using var reply = await Reply.StartAsync(client, Reply.Request($$"""{"tokens":2,"gate":"{{gate}}"}"""));

        var first = await reply.ReadEventAsync(); // The emulator sends no other event before the gate opens.
        function.Emulator.Gates.Open(gate, 10);

        Assert.StartsWith("{", first, StringComparison.Ordinal);
        Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("v1/models%00")]
    public async Task Path_WithNullCharacter_IsABadRequest(string path)
    {
        using var response = await function.Client.GetAsync(new Uri(function.Lambda.Url, path), TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Concurrency_SeveralReplies_ShareOneProcess()
    {
        await using var lambda = await StartAsync(options => options with { Concurrency = 4, MaxEnvironments = 1 });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        string[] gates = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid().ToString())];
        var replies = await Task.WhenAll(
            gates.Select(gate => Reply.StartAsync(client, Reply.Request($$"""{"tokens":2,"gate":"{{gate}}"}"""))));
        await Task.WhenAll(replies.Select(reply => reply.ReadEventAsync())); // All four replies are running.

        Assert.Equal(429, (await Reply.AskAsync(client, Reply.Request())).Status);

        foreach (var (gate, reply) in gates.Zip(replies).Reverse())
        {
            function.Emulator.Gates.Open(gate, 10);
            Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);
            await reply.DisposeAsync();
        }

        Assert.Single(lambda.Environments.All);
        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")))[^1]);
    }

    [Fact]
    public async Task Concurrency_FarDeadline_IsServed()
    {
        await using var lambda = await StartAsync(options => options with { Concurrency = 2, HasFarDeadline = true });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var events = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}"""));

        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task SnapStart_AfterTheRestore_GetsCredentials()
    {
        await using var lambda = await StartAsync(options => options with { IsSnapStart = true, IdleGrace = WaitLimit.Duration });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")))[^1]);
        }

        Assert.Contains("\tRestore Duration: ", await _log.WaitForAsync("REPORT RequestId: "), StringComparison.Ordinal);
        Assert.Equal(1, lambda.Environments.All.Single().Snapshot.Fetches);
    }

    [Fact]
    public async Task SnapStart_WithoutCredentials_FailsTheRestore()
    {
        await using var lambda = await StartAsync(options => options with
        {
            IsSnapStart = true,
            Variables = options.Variables.Where(variable => variable.Key != "AWS_ACCESS_KEY_ID").ToDictionary(),
        });

        var error = await Assert.ThrowsAsync<LocalException>(() => lambda.WarmUpAsync(TestContext.Current.CancellationToken));

        Assert.Equal("The function failed to restore: Function.CredentialsException", error.Message);
        await _log.WaitForAsync("The environment cannot be restored from its snapshot. The process ends.");
    }

    [Fact]
    public async Task SnapStart_Connection_IsClosedBeforeTheSnapshot()
    {
        using var sageMaker = new TcpListener(IPAddress.Loopback, 0);
        sageMaker.Start();
        await using var lambda = await StartAsync(options => options with
        {
            IsSnapStart = true,
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = $"http://{sageMaker.LocalEndpoint}",
            },
        });
        var starting = lambda.WarmUpAsync(TestContext.Current.CancellationToken);

        using var before = await sageMaker.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("POST /ping HTTP/1.1", await ReceiveAsync(before), StringComparison.Ordinal);
        Assert.False(starting.IsCompleted); // The warm-up precedes the snapshot.
        await before.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
        Assert.Equal("", await ReceiveAsync(before)); // The function closes it.

        using var after = await sageMaker.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("POST /ping HTTP/1.1", await ReceiveAsync(after), StringComparison.Ordinal);
        await starting;
    }

    private static async Task<string> ReceiveAsync(Socket connection)
    {
        var buffer = new byte[16 * 1024];
        return Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
    }

    private Task<LocalLambda> StartAsync(Func<LambdaOptions, LambdaOptions> configure) =>
        FunctionFixture.StartLambdaAsync(function.Emulator.Address, _log, configure);
}
