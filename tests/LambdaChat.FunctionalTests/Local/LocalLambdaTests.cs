using System.Diagnostics;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The lifecycle of the function's process: start, crash, stop, limits and the Runtime API.</summary>
public sealed class LocalLambdaTests(FunctionFixture function)
{
    private readonly Log _log = new();

    [Fact]
    public async Task Environment_Reused_ReportsInitDurationOnce()
    {
        await using var lambda = await StartAsync();
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var first = await _log.WaitForAsync($"REPORT RequestId: {await AskAsync(client)}");
        var second = await _log.WaitForAsync($"REPORT RequestId: {await AskAsync(client)}");

        Assert.Contains("\tInit Duration: ", first, StringComparison.Ordinal);
        Assert.Matches(
            @"\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: [1-9]\d+ MB\tMax Memory Used: [1-9]\d+ MB$", second);
        Assert.Single(lambda.Environments.All);
    }

    [Fact]
    public async Task Environment_Killed_AbortsTheResponseAndIsReplaced()
    {
        await using var lambda = await StartAsync();
        using var client = FunctionFixture.CreateClient(lambda.Url);
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":5,"gate":"killed"}"""));
        await reply.ReadEventAsync();

        Process.GetProcessById(lambda.Environments.All.Single().ProcessId).Kill();

        await Assert.ThrowsAnyAsync<Exception>(reply.ReadToEndAsync);
        await _log.WaitForAsync("Error Type: Runtime.ExitError");
        await AskAsync(client);
    }

    [Fact]
    public async Task Environment_RuntimeApiLost_ExitsWithCode1AndIsReplaced()
    {
        await using var lambda = await StartAsync();
        using var client = FunctionFixture.CreateClient(lambda.Url);
        await AskAsync(client);
        var environment = lambda.Environments.All.Single();

        await environment.LoseRuntimeApiAsync();

        Assert.Equal(1, await environment.Exited.InTimeAsync());
        await _log.WaitForAsync("The Runtime API does not respond. The process ends.");
        await AskAsync(client);
    }

    [Fact]
    public async Task Environment_Terminated_ExitsWithCode0()
    {
        await using var lambda = await StartAsync();
        using var client = FunctionFixture.CreateClient(lambda.Url);
        await AskAsync(client);
        var environment = lambda.Environments.All.Single();

        using var kill = Process.Start("kill", $"-TERM {environment.ProcessId}");

        Assert.Equal(0, await environment.Exited.InTimeAsync());
    }

    [Fact]
    public Task Deadline_DuringSilence_IsReportedInTheStream() => Attempts.RunAsync(async () =>
    {
        await using var lambda = await StartAsync(options => options with { Timeout = TimeSpan.FromSeconds(6) });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var marker = Guid.NewGuid().ToString();
        await WarmUpAsync(client);
        await using var reply = await Reply.StartAsync(
            client, Reply.Request("""{"tokens":5,"fault":{"kind":"stall","after":3} }""", $$"""{"marker":"{{marker}}"}"""));

        await WaitForReportAsync(IdOf(reply), "Sandbox.Timedout", "Runtime.ConnectionLost");

        Reply.AssertFailed(await reply.ReadToEndAsync(), 3, "deadline_exceeded", "The request reached the function's time limit.");
        // The function closed the connection.
        Assert.False(await function.Emulator.Calls.Single(call => (string?)call.Body["marker"] == marker).Ended);
        await AskAsync(client);
        Assert.Single(lambda.Environments.All);
    });

    /// <summary>The emulator of the Runtime API then accepts no more bytes. The environment serves the next request.</summary>
    [Fact(Timeout = 300_000)]
    public Task Deadline_ClientDoesNotRead_KeepsTheEnvironment() => Attempts.RunAsync(async () =>
    {
        await using var lambda = await StartAsync(options => options with { Timeout = TimeSpan.FromSeconds(20), MaxEnvironments = 1 });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        await WarmUpAsync(client);
        var process = Assert.Single(lambda.Environments.All).ProcessId;
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":200000,"burst":true}"""));
        var id = IdOf(reply);

        Assert.Contains("Error Type: Runtime.ConnectionLost", await WaitForReportAsync(id, "Sandbox.Timedout"), StringComparison.Ordinal);
        var line = await _log.WaitForAsync(id, "\"outcome\"");
        if (line.Contains("\"outcome\":\"deadline_exceeded\"", StringComparison.Ordinal))
        {
            throw new TooLateException("The buffers of the connections were not full by the deadline.");
        }

        Assert.Contains("\"outcome\":\"client_gone\"", line, StringComparison.Ordinal);
        await _log.WaitForAsync($"The Runtime API did not accept the response to invocation {id}: it was not sent by the deadline.");
        await AskAsync(client);
        Assert.Equal(process, Assert.Single(lambda.Environments.All).ProcessId);
    });

    [Fact]
    public async Task Client_Disconnects_InvocationContinues()
    {
        await using var lambda = await StartAsync();
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var marker = Guid.NewGuid().ToString();
        var reply = await Reply.StartAsync(
            client, Reply.Request($$"""{"tokens":3,"gate":"{{marker}}"}""", $$"""{"marker":"{{marker}}"}"""));
        await reply.ReadEventAsync();

        await reply.DisposeAsync();
        function.Emulator.Gates.Open(marker, 10);

        Assert.True(await function.Emulator.Calls.Single(call => (string?)call.Body["marker"] == marker).Ended);
        await _log.WaitForAsync("completed: 5 events");
    }

    [Fact]
    public async Task Environments_AtTheMaximum_RequestIsThrottled()
    {
        await using var lambda = await StartAsync(options => options with { MaxEnvironments = 1 });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":1,"gate":"capped"}"""));

        Assert.Equal((429, """{"Message":"Rate Exceeded."}"""), await Reply.AskAsync(client, Reply.Request()));

        function.Emulator.Gates.Open("capped", 10);
        Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);
    }

    [Theory]
    [InlineData(
        "API_KEYS",
        "",
        "No authentication method is configured. Set API_KEYS, API_KEYS_SECRET, API_KEYS_PARAMETER, TABLE, JWT_ISSUER or " +
            "IAM_ACCESS=true. OPEN_ACCESS=true allows access without a key.")]
    [InlineData(
        "MODELS",
        "@no-such-file.json",
        "MODELS refers to the file no-such-file.json, which cannot be read. Place it in the program's folder.")]
    [InlineData(
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "localhost:9", "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME must be an address like https://host.")]
    [InlineData(
        "CORS_ORIGINS",
        "https://a.example.com/path",
        "CORS_ORIGINS must be * or origins like https://chat.example.com, separated by commas. https://a.example.com/path is not an origin.")]
    [InlineData("AWS_USE_FIPS_ENDPOINT", "yes", "AWS_USE_FIPS_ENDPOINT must be true or false.")]
    [InlineData("HOLD_SECONDS", "soon", "HOLD_SECONDS must be a whole number of seconds from 0 to 900.")]
    [InlineData(
        "MODELS",
        "[{\"name\":\"r1\",\"endpoint\":\"a_b\"}]",
        "MODELS entry 0 (r1): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    public async Task Start_InvalidConfiguration_ReportsError(string variable, string value, string message)
    {
        await using var lambda = await StartAsync(
            options => options with { Variables = new Dictionary<string, string>(options.Variables) { [variable] = value } });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var error = await Assert.ThrowsAsync<LocalException>(() => lambda.WarmUpAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"The function failed to start: {message}", error.Message);
        Assert.Equal((502, """{"Message":"Internal Server Error"}"""), await Reply.AskAsync(client, Reply.Request()));
        await _log.WaitForAsync(message);
    }

    [Fact]
    public async Task Start_OpenAccess_RequiresNoKey()
    {
        await using var lambda = await StartAsync(options => options with
        {
            Variables = new Dictionary<string, string>(options.Variables) { ["API_KEYS"] = "", ["OPEN_ACCESS"] = "true" },
        });
        using var client = new HttpClient { BaseAddress = lambda.Url };

        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request()))[^1]);
    }

    [Fact]
    public async Task SamLocal_Reply_IsNotStreamed()
    {
        await using var lambda = await StartAsync(options => options with { IsSamLocal = true });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var events = await Reply.ReadAsync(client, Reply.Request("""{"content":"你好 🤔","reasoning":"…"}"""));

        Assert.Equal(("…", "你好 🤔"), Reply.Join(events));
        Assert.Equal("[DONE]", events[^1]);
    }

    private Task<LocalLambda> StartAsync(Func<LambdaOptions, LambdaOptions>? configure = null) =>
        FunctionFixture.StartLambdaAsync(function.Emulator.Address, _log, options =>
        {
            options = options with { IdleGrace = WaitLimit.Duration }; // A slow function is no reason for another environment.
            return configure?.Invoke(options) ?? options;
        });

    private static async Task<string> AskAsync(HttpClient client)
    {
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":1}"""));
        Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);
        return IdOf(reply);
    }

    // Loads the code of a reply and of a failure.
    private static async Task WarmUpAsync(HttpClient client)
    {
        await AskAsync(client);
        await Reply.ReadAsync(client, Reply.Request("""{"tokens":5,"fault":{"kind":"end","after":3} }"""));
    }

    // Before its time limit, the function has half a second to end a response, and another to give up one that has not ended. On a very
    // busy machine, it misses both, or the first one.
    private async Task<string> WaitForReportAsync(string id, params string[] late)
    {
        var report = await _log.WaitForAsync($"REPORT RequestId: {id}");
        return late.Any(error => report.Contains(error, StringComparison.Ordinal)) ? throw new TooLateException(report) : report;
    }

    private static string IdOf(Reply reply) => reply.Response.Headers.GetValues("x-request-id").Single();
}
