using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys that the extension reads out of Secrets Manager and Parameter Store.</summary>
public sealed class SecretKeyTests(FunctionFixture function)
{
    [Theory]
    [InlineData("API_KEYS_SECRET", SecretsExtensionServer.SecretId)]
    [InlineData("API_KEYS_PARAMETER", SecretsExtensionServer.ParameterName)]
    public async Task Keys_OfASecret_Enter(string variable, string id)
    {
        await using var extension = await StartAsync(AuthenticatedFunction.Entry("alice", "sk-alice", ";models=served"));
        await using var door = await OpenAsync(extension, (variable, id));

        (await door.ShowAsync("sk-alice")).AssertEntered();
        (await door.ShowAsync("nk-sk-alice")).AssertEntered();
        (await door.ShowAsync("sk-bob")).AssertIs(Answer.UnknownKey);
        (await door.AskAsync()).AssertIs(Answer.NoKey);
        Assert.Equal(404, (await door.ChatAsync(FunctionFixture.Model, "x-api-key: sk-alice")).Status);
        Assert.Equal(1, extension.Asked);
    }

    [Fact]
    public async Task Extension_ThatStartsBesideTheFunction_IsWaitedFor()
    {
        await using var extension = await StartAsync(AuthenticatedFunction.Entry("alice", "sk-alice"), notReady: 3);
        await using var door = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId));

        (await door.ShowAsync("sk-alice")).AssertEntered();
        Assert.Equal(4, extension.Asked);
    }

    [Fact]
    public async Task Secret_Refused_Is503AndNeverOpen()
    {
        await using var extension = await StartAsync(keys: null);
        await using var door = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId));

        (await door.ShowAsync("sk-alice")).AssertIs(Answer.NotDecided);
        (await door.AskAsync()).AssertIs(Answer.NoKey);
        await door.Log.WaitForAsync("API_KEYS_SECRET could not be read through the Parameters and Secrets extension: status 400");
        Assert.DoesNotContain(door.Log.Lines, line => line.Contains("123456789012", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_OfAnotherForm_IsNotShownInTheLog()
    {
        await using var extension = await StartAsync("the-plain-key-canary");
        await using var door = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId));

        (await door.ShowAsync("the-plain-key-canary")).AssertIs(Answer.NotDecided);
        await door.Log.WaitForAsync("API_KEYS_SECRET entry 0 must be name=<SHA-256 of the key in 64 hexadecimal digits>.");
        Assert.DoesNotContain(door.Log.Lines, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_BesideKeysOfTheConfiguration_StandsBehindThem()
    {
        await using var extension = await StartAsync(keys: null);
        await using var door = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId), ("API_KEYS", AuthenticatedFunction.Entry("bob", "sk-bob")));

        (await door.ShowAsync("sk-bob")).AssertEntered();
    }

    private static Task<SecretsExtensionServer> StartAsync(string? keys, int notReady = 0) => SecretsExtensionServer.StartAsync(EmulatorCredentials.Default.SessionToken, keys, notReady);

    private Task<AuthenticatedFunction> OpenAsync(SecretsExtensionServer extension, params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string> { ["API_KEYS"] = "", ["PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"] = $"{extension.Port}" };
        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }

        return AuthenticatedFunction.OpenAsync(function.Emulator.Address, all);
    }
}
