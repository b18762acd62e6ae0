using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Support;
using static LambdaChat.FunctionalTests.Limits.LimitedFunction;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>Limits in a table that environments share, over DynamoDB's wire protocol.</summary>
public sealed class TableLimitTests(FunctionFixture function)
{
    private const string Key = "SPENT#key#test";
    private const int PromptTokens = 9; // The emulator's count of `hi`.

    private DynamoTable? _table;

    private DynamoTable Table => _table!;

    [Fact]
    public Task Reply_SettlesWithTheReportedUsage() => RunAsync(async () =>
    {
        await using var limited = await StartAsync(
            """{"keys":{"*":{"requestsPerMinute":60,"tokensPerDay":10000,"tokensPerMonth":20000} } }""");

        await using var reply = await Reply.StartAsync(limited.Client, Reply.Request("""{"tokens":7}""", """{"max_tokens":100}"""));
        var events = await reply.ReadToEndAsync();

        // Requested upstream, but not by the client.
        Assert.DoesNotContain(events, data => data.Contains("usage\":{", StringComparison.Ordinal));
        Assert.Equal(" t0 t1 t2 t3 t4 t5 t6", Reply.Join(events).Content);
        Assert.Equal((1, PromptTokens + 7, 0), await SpentAsync(limited, "DAY#", spent => spent.Tokens == PromptTokens + 7));
        Assert.Equal((1, PromptTokens + 7, 0), await SpentAsync(limited, "MONTH#", spent => spent.Tokens == PromptTokens + 7));
        Assert.Equal((1, PromptTokens + 7, 0), await SpentAsync(limited, "MINUTE#", spent => spent.Tokens == PromptTokens + 7));
        Assert.Equal(("60", "59", "10000"),
            (Header(reply.Response, "x-ratelimit-limit-requests"), Header(reply.Response, "x-ratelimit-remaining-requests"),
                Header(reply.Response, "x-ratelimit-limit-tokens")));
        var item = await Table.FindAsync(Key, "DAY#");
        Assert.True(long.Parse((string)item!["expires"]!["N"]!, null) > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    });

    [Fact]
    public Task Reply_WithPrices_HasItsCost() => RunAsync(async () =>
    {
        await using var limited = await StartAsync("""{"models":{"priced":{"costPerMonth":10} } }""",
            new() { ["MODELS"] = """[{"name":"priced","endpoint":"demo","prices":{"input":0.5,"output":2} },{"name":"served-name","endpoint":"demo"}]""" });

        await limited.AskAsync("""{"tokens":7}""", """{"model":"priced"}""");

        var cost = ((PromptTokens * 0.5m) + (7 * 2)) / 1_000_000;
        Assert.Equal(cost,
            (await limited.UntilSettledAsync(() => Table.SpentAsync("SPENT#model#priced", "MONTH#"), spent => spent.Cost == cost)).Cost);
    });

    [Fact]
    public Task Quota_UsedInOneEnvironment_RejectsInAnother() => RunAsync(async () =>
    {
        const string Limits = """{"keys":{"test":{"tokensPerDay":10} } }""";
        await using var first = await StartAsync(Limits);
        await using var second = await StartAsync(Limits, new() { ["LIMITS_FAILURE"] = "closed" });
        Assert.Equal(200, (await first.AskAsync()).Status);
        await SpentAsync(first, "DAY#", spent => spent.Tokens == PromptTokens + 5);

        var (status, response, body) = await second.AskInTimeAsync();

        Assert.Equal((429, "0", "false"),
            (status, Header(response, "x-ratelimit-remaining-tokens"), Header(response, "x-should-retry") ?? "false"));
        var error = body["error"]!;
        Assert.StartsWith("Quota exceeded: 10 tokens per day for this key. The quota resets in ", (string?)error["message"],
            StringComparison.Ordinal);
        Assert.Equal(("insufficient_quota", null, "insufficient_quota"),
            ((string?)error["type"], (string?)error["param"], (string?)error["code"]));
        Assert.InRange(long.Parse(Header(response, "retry-after-ms")!, null), 1, 86_400_000);
        await second.Log.WaitForAsync("was rejected by a limit (key TokensPerDay)", "\"outcome\":\"limit_reached\"");
        Assert.Equal(200, (await second.AskAsync(key: "sk-other")).Status);
        Assert.Equal((1, PromptTokens + 5, 0), await Table.SpentAsync(Key, "DAY#"));
    });

    [Fact]
    public Task Rejected_InOneWindow_IsReturnedInTheOthers() => RunAsync(async () =>
    {
        await using var first = await StartAsync("""{"keys":{"test":{"tokensPerDay":10} } }""");
        await using var second = await StartAsync("""{"keys":{"test":{"tokensPerDay":10,"tokensPerMonth":100000,"streams":3} } }""",
            new() { ["LIMITS_FAILURE"] = "closed" });
        Assert.Equal(200, (await first.AskAsync()).Status);
        await SpentAsync(first, "DAY#", spent => spent.Tokens == PromptTokens + 5);

        Assert.Equal(429, (await second.AskInTimeAsync()).Status);

        await second.UntilSettledAsync(() => Table.FindAsync(Key, "MONTH#"),
            item => item is not null && (string?)item["tokens"]!["N"] == "0" && (string?)item["requests"]!["N"] == "0");
        await second.UntilSettledAsync(() => Table.FindAsync(Key, "STREAMS"), item => item is not null && item["leases"] is null);
    });

    [Fact]
    public Task Call_Fails_ReturnsItsTokens() => RunAsync(async () =>
    {
        await using var limited = await StartAsync("""{"keys":{"*":{"tokensPerDay":100000} } }""", new() { ["RETRY_SECONDS"] = "0" });

        var (status, response, _) = await limited.AskAsync("""{"fault":{"kind":"internal_failure"} }""");

        Assert.Equal((502, "100000"), (status, Header(response, "x-ratelimit-limit-tokens")));
        await SpentAsync(limited, "DAY#", spent => spent == (1, 0, 0));
    });

    [Fact]
    public Task Reply_Broken_CostsItsEvents() => RunAsync(async () =>
    {
        await using var limited = await StartAsync("""{"keys":{"*":{"tokensPerDay":100000} } }""");

        await Reply.ReadAsync(limited.Client,
            Reply.Request("""{"tokens":100,"fault":{"kind":"model_stream_error","after":20} }""", """{"max_tokens":1000}"""));

        var (_, tokens, _) = await SpentAsync(limited, "DAY#", spent => spent is { Requests: 1, Tokens: < 1000 });
        Assert.InRange(tokens, 20, 120); // With the estimated prompt.
    });

    [Fact]
    public Task ModelLimit_Reached_IsDescribedAsShared() => RunAsync(async () =>
    {
        await using var limited = await StartAsync("""{"models":{"deepseek-r1":{"tokensPerMonth":10} } }""");
        Assert.Equal(200, (await limited.AskAsync(key: "sk-other")).Status);

        var (status, _, body) = await limited.AskAsync();

        Assert.Equal(429, status);
        Assert.StartsWith("Quota exceeded: 10 tokens per month for the model `deepseek-r1`, shared by all callers.",
            (string?)body["error"]!["message"], StringComparison.Ordinal);
        Assert.DoesNotContain("other", body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (await limited.AskAsync(members: """{"model":"served-name"}""")).Status);
    });

    [Fact]
    public Task OtherTasks_AreCounted() => RunAsync(async () =>
    {
        await using var limited = await StartAsync("""{"models":{"pooling":{"tokensPerDay":100000} } }""");

        await PostAsync(limited, "v1/embeddings", """{"model":"pooling","input":"one two three"}""");
        await limited.UntilSettledAsync(() => Table.SpentAsync("SPENT#model#pooling", "DAY#"), spent => spent == (1, 3, 0));
        var text = await PostAsync(limited, "v1/completions",
            """{"model":"pooling","prompt":"hi","stream":true,"max_tokens":500,"stand_in":{"tokens":6} }""");

        Assert.DoesNotContain("\"usage\":{", text, StringComparison.Ordinal);
        await limited.UntilSettledAsync(() => Table.SpentAsync("SPENT#model#pooling", "DAY#"),
            spent => spent == (2, 3 + PromptTokens + 6, 0));
    });

    private Task RunAsync(Func<Task> test) => Attempts.RunAsync(async () =>
    {
        await using var table = _table = await DynamoTable.StartAsync();
        await test();
    });

    private static async Task<string> PostAsync(LimitedFunction limited, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await limited.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        return body;
    }

    private async Task<LimitedFunction> StartAsync(string limits, Dictionary<string, string>? variables = null)
    {
        var limited = await LimitedFunction.StartAsync(function.Emulator.Address, limits, [.. Table.Variables, .. variables ?? []]);
        await limited.WarmUpAsync();
        return limited;
    }

    private Task<(long Requests, long Tokens, decimal Cost)> SpentAsync(
        LimitedFunction limited, string window, Func<(long Requests, long Tokens, decimal Cost), bool> isExpected) =>
        limited.UntilSettledAsync(() => Table.SpentAsync(Key, window), isExpected);
}
