using LambdaChat.FunctionalTests.DynamoDb;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys of the table open the door, as long as they should.</summary>
public sealed class DynamoKeyTests(FunctionFixture function)
{
    private const string Guess = "lc-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Fact]
    public async Task Key_OfTheTable_EntersAndIsHeldToItsOptions()
    {
        await using var table = await DynamoTable.StartAsync();
        await using var door = await OpenAsync(table);
        var key = await KeysTool.MakeAsync(table.Variables, "create", "alice", "--models", "served-name", "--origins", "https://a.example");
        var late = await KeysTool.MakeAsync(table.Variables, "create", "late", "--expires", "2020-01-01");

        (await door.ShowAsync(key)).AssertEntered();
        (await door.AskAsync($"x-api-key: {key}")).AssertEntered();
        (await door.ShowAsync("nk-" + key)).AssertEntered();
        Assert.Equal(404, (await door.ChatAsync(FunctionFixture.Model, $"x-api-key: {key}")).Status);
        Assert.Equal(200, (await door.ChatAsync("served-name", $"x-api-key: {key}")).Status);
        await door.Log.WaitForAsync("to alice by served");
        Assert.Equal(403, (await door.AskAsync($"x-api-key: {key}", "Origin: https://b.example")).Status);
        (await door.ShowAsync(late)).AssertIs(Answer.OfKey("The API key has expired."));
        (await door.ShowAsync(Guess)).AssertIs(Answer.UnknownKey);
        (await door.ShowAsync("sk-short")).AssertIs(Answer.UnknownKey);
        (await door.AskAsync()).AssertIs(Answer.NoKey);
    }

    [Fact]
    public async Task Key_DisabledAndEnabled_IsHeardOf()
    {
        await using var table = await DynamoTable.StartAsync();
        await using var door = await OpenAsync(table, "0");
        var key = await KeysTool.MakeAsync(table.Variables, "create", "alice");
        (await door.ShowAsync(key)).AssertEntered();

        Assert.Equal((0, "alice is disabled."), await KeysTool.RunAsync(table.Variables, "disable", "alice"));
        (await door.ShowAsync(key)).AssertIs(Answer.OfKey("The API key is disabled."));
        Assert.Equal((0, "alice is enabled."), await KeysTool.RunAsync(table.Variables, "enable", "alice"));
        (await door.ShowAsync(key)).AssertEntered();
        Assert.Equal((0, "alice is removed."), await KeysTool.RunAsync(table.Variables, "remove", "alice"));
        (await door.ShowAsync(key)).AssertIs(Answer.UnknownKey);
    }

    [Fact]
    public async Task Key_Rotated_IsGoodForItsGraceOnly()
    {
        await using var table = await DynamoTable.StartAsync();
        await using var door = await OpenAsync(table, "0");
        var first = await KeysTool.MakeAsync(table.Variables, "create", "alice", "--models", "served-name");

        var second = await KeysTool.MakeAsync(table.Variables, "rotate", "alice");
        (await door.ShowAsync(first)).AssertEntered();
        (await door.ShowAsync(second)).AssertEntered();
        Assert.Equal(404, (await door.ChatAsync(FunctionFixture.Model, $"x-api-key: {second}")).Status);

        var third = await KeysTool.MakeAsync(table.Variables, "rotate", "alice", "--grace", "0d");
        (await door.ShowAsync(first)).AssertEntered();
        (await door.ShowAsync(second)).AssertIs(Answer.OfKey("The API key has expired."));
        (await door.ShowAsync(third)).AssertEntered();
        Assert.Contains(await table.ReadAllAsync(), item => item["expires"] is not null && item["until"] is not null);
    }

    [Fact]
    public async Task Table_Gone_RemembersForItsTimeAndOpensToNobodyElse()
    {
        var table = await DynamoTable.StartAsync();
        await using var door = await OpenAsync(table);
        var key = await KeysTool.MakeAsync(table.Variables, "create", "alice");
        (await door.ShowAsync(key)).AssertEntered();

        await table.DisposeAsync();

        (await door.ShowAsync(key)).AssertEntered();
        (await door.ShowAsync(Guess)).AssertIs(Answer.NotDecided);
        (await door.ShowAsync("sk-short")).AssertIs(Answer.UnknownKey);
    }

    private Task<AuthenticatedFunction> OpenAsync(DynamoTable table, string seconds = "60") => AuthenticatedFunction.OpenAsync(function.Emulator.Address, new()
    {
        ["API_KEYS"] = "",
        ["TABLE"] = DynamoTable.Name,
        ["AWS_ENDPOINT_URL_DYNAMODB"] = table.Address.ToString(),
        ["KEY_CACHE_SECONDS"] = seconds,
    });
}
