using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Support;
using static LambdaChat.FunctionalTests.Limits.LimitedFunction;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>A model's limit that two callers share: the reservation of one does not reject the other.</summary>
public sealed class SharedLimitTests(FunctionFixture function)
{
    private const string Limits = """{"models":{"deepseek-r1":{"tokensPerDay":200000} } }""";
    private const string Model = "SPENT#model#deepseek-r1";
    private const string Reserved = "RESERVED#key#test#model#deepseek-r1";
    private const int PromptTokens = 9; // The emulator's count of `hi`.

    [Fact]
    public Task HugeReservation_OfOneCaller_RejectsThatCallerOnly() => Attempts.RunAsync(async () =>
    {
        var gate = Guid.NewGuid().ToString();
        await using var table = await DynamoTable.StartAsync();
        await using var limited = await LimitedFunction.StartAsync(function.Emulator.Address, Limits,
            [.. table.Variables, new("LIMITS_FAILURE", "closed")]);
        await limited.WarmUpAsync();
        await limited.AskInTimeAsync();

        await using var reply = await Reply.StartAsync(limited.Client,
            Reply.Request($$"""{"tokens":3,"gate":"{{gate}}"}""", """{"max_tokens":2147483647}"""));
        await reply.ReadEventAsync();

        var (own, response, body) = await limited.AskInTimeAsync();
        var (other, _, _) = await limited.AskInTimeAsync("sk-other");

        Assert.Equal((429, "2", null), (own, Header(response, "Retry-After"), Header(response, "x-should-retry")));
        Assert.Equal("rate_limit_exceeded", (string?)body["error"]!["code"]);
        Assert.Equal(200, other);
        function.Emulator.Gates.Open(gate, 100);
        await reply.ReadToEndAsync();

        const int Tokens = (PromptTokens + 5) + (PromptTokens + 3) + (PromptTokens + 5);
        await limited.UntilSettledAsync(() => table.SpentAsync(Model, "DAY#"), spent => spent == (3, Tokens, 0));
        Assert.Equal("0", (string?)(await table.FindAsync(Model, "DAY#"))!["reservedTokens"]!["N"]);
        Assert.Equal("0", (string?)(await table.FindAsync(Reserved, "DAY#"))!["tokens"]!["N"]);
    });

    [Fact]
    public async Task Start_OneCallerCanUseUpALimit_IsWarnedAbout()
    {
        await using var limited = await LimitedFunction.StartAsync(function.Emulator.Address, Limits, []);
        await limited.AskAsync();

        await limited.Log.WaitForAsync("One caller can use up tokensPerDay of the model deepseek-r1 for all callers.");
    }
}
