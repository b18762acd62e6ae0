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
    private const int Attempts = 3;

    [Fact]
    public async Task HugeReservation_OfOneCaller_RejectsThatCallerOnly()
    {
        long? settled = 0;
        for (var attempt = 0; attempt < Attempts && settled is not null; attempt++)
        {
            settled = await RejectsThatCallerOnlyAsync();
        }

        Assert.NotEqual(0, settled);
    }

    [Fact]
    public async Task Start_OneCallerCanUseUpALimit_IsWarnedAbout()
    {
        await using var limited = await LimitedFunction.StartAsync(function.Emulator.Address, Limits, []);
        await limited.AskAsync();

        await limited.Log.WaitForAsync("One caller can use up tokensPerDay of the model deepseek-r1 for all callers.");
    }

    private static int Lost(Log log) => log.Lines.Count(line => line.Contains("The limits table could not", StringComparison.Ordinal));

    // On a very busy machine an update may not reach the table in time. Its reservation then remains, and the result is the number of
    // tokens that the table has. Null if it has all of them.
    private async Task<long?> RejectsThatCallerOnlyAsync()
    {
        var gate = Guid.NewGuid().ToString();
        await using var table = await DynamoTable.StartAsync();
        await using var limited = await LimitedFunction.StartAsync(function.Emulator.Address, Limits,
            [.. table.Variables, new("LIMITS_FAILURE", "closed")]);
        await limited.WarmUpAsync();
        var lost = Lost(limited.Log);
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
        var (_, tokens,
            _) = await TableExtensions.UntilAsync(() => table.SpentAsync(Model, "DAY#"),
                spent => spent == (3, Tokens, 0) || Lost(limited.Log) > lost);
        if (tokens != Tokens)
        {
            return tokens;
        }

        Assert.Equal("0", (string?)(await table.FindAsync(Model, "DAY#"))!["reservedTokens"]!["N"]);
        Assert.Equal("0", (string?)(await table.FindAsync(Reserved, "DAY#"))!["tokens"]!["N"]);
        return null;
    }
}
