namespace LambdaChat.FunctionalTests.Limits;

/// <summary>Limits without a table: each process has its own counters.</summary>
public sealed class MemoryLimitTests(FunctionFixture function)
{
    [Fact]
    public async Task RequestsPerMinute_Reached_IsRejectedBeforeTheCall()
    {
        await using var limited = await StartAsync("""{"keys":{"test":{"requestsPerMinute":2} } }""");

        List<int> statuses = [];
        (int Status, HttpResponseMessage Response, System.Text.Json.Nodes.JsonNode Body) last;
        do
        {
            last = await limited.AskAsync(members: """{"user":"minute"}""");
            statuses.Add(last.Status);
        }
        while (last.Status == 200 && statuses.Count < 6); // The minute may end meanwhile.

        Assert.Equal(429, last.Status);
        Assert.Equal(statuses.Count - 1, function.Emulator.Calls.Count(call => (string?)call.Body["user"] == "minute"));
        Assert.Equal(("2", "0"),
            (LimitedFunction.Header(last.Response, "x-ratelimit-limit-requests"),
                LimitedFunction.Header(last.Response, "x-ratelimit-remaining-requests")));
        var wait = int.Parse(LimitedFunction.Header(last.Response, "Retry-After")!, null);
        Assert.InRange(wait, 1, 60);
        Assert.Null(LimitedFunction.Header(last.Response, "x-should-retry"));
        var error = last.Body["error"]!;
        Assert.StartsWith("Rate limit exceeded: 2 requests per minute for this key. Try again in ", (string?)error["message"],
            StringComparison.Ordinal);
        Assert.Equal(("requests", "rate_limit_exceeded"), ((string?)error["type"], (string?)error["code"]));
        Assert.Equal(200, (await limited.AskAsync(key: "sk-other")).Status);
    }

    [Fact]
    public async Task Headers_OtherOrigin_AreExposed()
    {
        await using var limited = await StartAsync("""{"keys":{"*":{"tokensPerMonth":1000} } }""");

        limited.Client.DefaultRequestHeaders.Add("Origin", "https://chat.example.com");

        var (_, response, _) = await limited.AskAsync();

        Assert.Equal("1000", LimitedFunction.Header(response, "x-ratelimit-limit-tokens"));
        Assert.Matches("^([0-9]+h)?[0-9]+m[0-9]+s$", LimitedFunction.Header(response, "x-ratelimit-reset-tokens")!);
        Assert.Contains("x-ratelimit-reset-tokens", LimitedFunction.Header(response, "Access-Control-Expose-Headers"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxTokens_NotANumber_IsRejected()
    {
        await using var limited = await StartAsync("""{"keys":{"*":{"tokensPerMonth":1000} } }""");

        var (status, _, body) = await limited.AskAsync(members: """{"max_tokens":"many"}""");

        Assert.Equal((400, "max_tokens"), (status, (string?)body["error"]!["param"]));
        Assert.Equal(200, (await limited.AskAsync()).Status);
    }

    [Fact]
    public async Task Start_LimitOfUnknownModel_Fails()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var limited = await StartAsync("""{"models":{"r9":{"streams":1} } }""");
            await limited.Lambda.WarmUpAsync(TestContext.Current.CancellationToken);
        });

        Assert.Contains("LIMITS models.r9 is not the name of a model in MODELS.", exception.Message, StringComparison.Ordinal);
    }

    private Task<LimitedFunction> StartAsync(string limits) => LimitedFunction.StartAsync(function.Emulator.Address, limits, []);
}
