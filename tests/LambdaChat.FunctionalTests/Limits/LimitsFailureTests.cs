using System.Net.Http.Json;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>The table is unreachable. The limits of the process still apply, and LIMITS_FAILURE decides whether replies continue.</summary>
public sealed class LimitsFailureTests(FunctionFixture function)
{
    private const string Limits = """{"keys":{"*":{"tokensPerDay":20} } }""";

    [Fact]
    public async Task TableSilent_Open_ReplyContinues()
    {
        using var silent = new BlackHole();
        await using var limited = await StartAsync(silent.Address, environments: 1);

        var (status, response, body) = await limited.AskAsync();

        Assert.Equal((200, " t0 t1 t2 t3 t4"), (status, (string?)body["choices"]![0]!["message"]!["content"]));
        await limited.Log.WaitForAsync("completed", "\"limits\":\"late-open\"", IdOf(response));
        await limited.Log.WaitForAsync(
            $"The limits table could not be updated for request {IdOf(response)}" +
            ". If the reservation reached it, it counts instead of the 14 tokens that were used.");
        Assert.Equal(200, await limited.AskOnlyAsync()); // This process knows its own usage.
        Assert.Equal(429, await limited.AskOnlyAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    public async Task TableSilent_Closed_ReplyIsStopped(string hold)
    {
        using var silent = new BlackHole();
        await using var limited = await StartAsync(silent.Address, new() { ["LIMITS_FAILURE"] = "closed", ["HOLD_SECONDS"] = hold });

        var (status, response, body) = await limited.AskAsync("""{"tokens":2,"gate":"never-opened"}""", """{"user":"closed"}""");

        AssertUnavailable(status, response, body.ToJsonString());
        Assert.False(await function.Emulator.Calls.Last(call => (string?)call.Body["user"] == "closed").Ended);
        await limited.Log.WaitForAsync("failed with LimitsUnknown", "\"limits\":\"late-closed\"", IdOf(response));
    }

    [Fact]
    public async Task TableUnreachable_Open_ReplyContinues()
    {
        using var unreachable = new BlackHole(isRefusing: true);
        await using var limited = await StartAsync(unreachable.Address);

        await using var reply = await Reply.StartAsync(limited.Client, Reply.Request("""{"tokens":2}"""));

        Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);
        await limited.Log.WaitForAsync("completed", "-open\"", IdOf(reply.Response));
    }

    [Fact]
    public async Task TableUnreachable_Closed_ReplyIsStopped()
    {
        using var unreachable = new BlackHole(isRefusing: true);
        await using var limited = await StartAsync(unreachable.Address, new() { ["LIMITS_FAILURE"] = "closed" });

        using var response = await limited.Client.PostAsJsonAsync("v1/chat/completions", Reply.Request("""{"tokens":2}"""),
            TestContext.Current.CancellationToken);

        AssertUnavailable((int)response.StatusCode, response,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static void AssertUnavailable(int status, HttpResponseMessage response, string body)
    {
        Assert.Equal((503, "5"), (status, LimitedFunction.Header(response, "Retry-After")));
        Assert.Equal(
            """{"error":{"message":"The usage of this key could not be checked. Try again.","type":"server_error","param":null,"code":"limits_unavailable"}}""", body);
    }

    private static string IdOf(HttpResponseMessage response) => LimitedFunction.Header(response, "x-request-id")!;

    private async Task<LimitedFunction> StartAsync(Uri table, Dictionary<string, string>? variables = null, int environments = 10)
    {
        var limited = await LimitedFunction.StartAsync(function.Emulator.Address, Limits,
            [new("TABLE", "limits"), new("AWS_ENDPOINT_URL_DYNAMODB", table.ToString()), .. variables ?? []], environments);
        await limited.WarmUpAsync(); // In a process that has just started, the table could fail before the first byte of the reply.
        return limited;
    }
}
