using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Stored;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>The table has an update, but its response is lost. The SDK repeats the update.</summary>
public sealed class LostResponseTests(FunctionFixture function)
{
    private const int Tokens = 9 + 5; // The emulator's count of `hi`, and of the reply.

    [Theory]
    [InlineData(1)]
    [InlineData(3)] // All attempts of the SDK.
    public Task LimitOfAKey_CountsEachReplyOnce(int lost) => Attempts.RunAsync(async () =>
    {
        await using var table = await DynamoTable.StartAsync();
        await using var proxy = await TableProxy.StartAsync(table.Address);
        await using var limited = await StartAsync(table, proxy, """{"keys":{"*":{"tokensPerDay":100000} } }""");
        proxy.LostResponses = lost;

        Assert.Equal(200, (await limited.AskAsync()).Status);
        var item = await UntilAsync(limited, table, "SPENT#key#test", item => Number(item, "reservedTokens") == 0);

        Assert.Equal((1, Tokens), (Number(item, "requests"), Number(item, "tokens")));
    });

    // The reservations of each caller have an item of their own.
    [Fact]
    public Task LimitOfAModel_CountsEachReplyOnce() => Attempts.RunAsync(async () =>
    {
        await using var table = await DynamoTable.StartAsync();
        await using var proxy = await TableProxy.StartAsync(table.Address);
        await using var limited = await StartAsync(table, proxy, """{"models":{"deepseek-r1":{"tokensPerDay":200000} } }""");
        proxy.LostResponses = 1;

        Assert.Equal(200, (await limited.AskAsync()).Status);
        var item = await UntilAsync(limited, table, "SPENT#model#deepseek-r1", item => Number(item, "tokens") == Tokens);

        Assert.Equal((1, 0), (Number(item, "requests"), Number(item, "reservedTokens")));
        await UntilAsync(limited, table, "RESERVED#key#test#model#deepseek-r1", reserved => Number(reserved, "tokens") == 0);
    });

    // The first update takes the only place. Its repetition must not be rejected by it, and the end of the reply must release it.
    [Theory]
    [InlineData(1)]
    [InlineData(3)] // All attempts of the SDK.
    public Task LimitOfStreams_TakesAndReleasesOnePlace(int lost) => Attempts.RunAsync(async () =>
    {
        await using var table = await DynamoTable.StartAsync();
        await using var proxy = await TableProxy.StartAsync(table.Address);
        await using var limited = await StartAsync(table, proxy, """{"keys":{"*":{"streams":1} } }""");
        proxy.LostResponses = lost;

        Assert.Equal(200, (await limited.AskAsync()).Status);

        await limited.UntilSettledAsync(
            () => table.FindAsync("SPENT#key#test", "STREAMS"), item => item is not null && item["leases"] is null);
    });

    private async Task<LimitedFunction> StartAsync(DynamoTable table, TableProxy proxy, string limits)
    {
        var limited = await LimitedFunction.StartAsync(
            function.Emulator.Address, limits, [.. table.Variables, new("AWS_ENDPOINT_URL_DYNAMODB", proxy.Address.ToString())]);
        await limited.WarmUpAsync();
        return limited;
    }

    private static Task<JsonNode?> UntilAsync(
        LimitedFunction limited, DynamoTable table, string partition, Func<JsonNode?, bool> isExpected) =>
        limited.UntilSettledAsync(() => table.FindAsync(partition, "DAY#"), isExpected);

    private static decimal? Number(JsonNode? item, string name) => (string?)item?[name]?["N"] is { } number ? decimal.Parse(number) : null;
}
