using LambdaChat.FunctionalTests.DynamoDb;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys in the table, and how long changes take.</summary>
public sealed class DynamoKeyTests(FunctionFixture function)
{
    private const string Guess = "lc-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Fact]
    public async Task Key_InTable_IsAcceptedWithItsOptions()
    {
        await using var table = await DynamoTable.StartAsync();
        await using var server = await OpenAsync(table);
        var key = await KeysTool.MakeAsync(table.Variables, "create", "alice", "--models", "served-name", "--origins", "https://a.example");
        var late = await KeysTool.MakeAsync(table.Variables, "create", "late", "--expires", "2020-01-01");

        (await server.SendCredentialAsync(key)).AssertAccepted();
        (await server.AskAsync($"x-api-key: {key}")).AssertAccepted();
        (await server.SendCredentialAsync("nk-" + key)).AssertAccepted();
        Assert.Equal(404, (await server.ChatAsync(FunctionFixture.Model, $"x-api-key: {key}")).Status);
        Assert.Equal(200, (await server.ChatAsync("served-name", $"x-api-key: {key}")).Status);
        await server.Log.WaitForAsync("to alice by served");
        Assert.Equal(403, (await server.AskAsync($"x-api-key: {key}", "Origin: https://b.example")).Status);
        (await server.SendCredentialAsync(late)).AssertIs(Answer.OfKey("Incorrect API key provided: the key has expired."));
        (await server.SendCredentialAsync(Guess)).AssertIs(Answer.UnknownKey);
        (await server.SendCredentialAsync("sk-short")).AssertIs(Answer.UnknownKey);
        (await server.AskAsync()).AssertIs(Answer.NoKey);
    }

    [Fact]
    public async Task Key_DisabledAndEnabled_TakesEffect()
    {
        await using var table = await DynamoTable.StartAsync();
        await using var server = await OpenAsync(table, "0");
        var key = await KeysTool.MakeAsync(table.Variables, "create", "alice");
        (await server.SendCredentialAsync(key)).AssertAccepted();

        Assert.Equal((0, "alice is disabled."), await KeysTool.RunAsync(table.Variables, "disable", "alice"));
        (await server.SendCredentialAsync(key)).AssertIs(Answer.OfKey("Incorrect API key provided: the key is disabled."));
        Assert.Equal((0, "alice is enabled."), await KeysTool.RunAsync(table.Variables, "enable", "alice"));
        (await server.SendCredentialAsync(key)).AssertAccepted();
        Assert.Equal((0, "alice is removed."), await KeysTool.RunAsync(table.Variables, "remove", "alice"));
        (await server.SendCredentialAsync(key)).AssertIs(Answer.UnknownKey);
    }

    [Fact]
    public async Task Key_Rotated_IsValidForTheGracePeriod()
    {
        await using var table = await DynamoTable.StartAsync();
        await using var server = await OpenAsync(table, "0");
        var first = await KeysTool.MakeAsync(table.Variables, "create", "alice", "--models", "served-name");

        var second = await KeysTool.MakeAsync(table.Variables, "rotate", "alice");
        (await server.SendCredentialAsync(first)).AssertAccepted();
        (await server.SendCredentialAsync(second)).AssertAccepted();
        Assert.Equal(404, (await server.ChatAsync(FunctionFixture.Model, $"x-api-key: {second}")).Status);

        var third = await KeysTool.MakeAsync(table.Variables, "rotate", "alice", "--grace", "0d");
        (await server.SendCredentialAsync(first)).AssertAccepted();
        (await server.SendCredentialAsync(second)).AssertIs(Answer.OfKey("Incorrect API key provided: the key has expired."));
        (await server.SendCredentialAsync(third)).AssertAccepted();
        Assert.Contains(await table.ReadAllAsync(), item => item["expires"] is not null && item["until"] is not null);
    }

    [Fact]
    public async Task Table_Unavailable_AcceptsOnlyCachedKeys()
    {
        var table = await DynamoTable.StartAsync();
        await using var server = await OpenAsync(table);
        var key = await KeysTool.MakeAsync(table.Variables, "create", "alice");
        (await server.SendCredentialAsync(key)).AssertAccepted();

        await table.DisposeAsync();

        (await server.SendCredentialAsync(key)).AssertAccepted();
        (await server.SendCredentialAsync(Guess)).AssertIs(Answer.NotDecided);
        (await server.SendCredentialAsync("sk-short")).AssertIs(Answer.UnknownKey);
    }

    private Task<AuthenticatedFunction> OpenAsync(DynamoTable table, string seconds = "60") =>
        AuthenticatedFunction.OpenAsync(function.Emulator.Address, new()
        {
            ["API_KEYS"] = "",
            ["TABLE"] = DynamoTable.Name,
            ["AWS_ENDPOINT_URL_DYNAMODB"] = table.Address.ToString(),
            ["KEY_CACHE_SECONDS"] = seconds,
        });
}
