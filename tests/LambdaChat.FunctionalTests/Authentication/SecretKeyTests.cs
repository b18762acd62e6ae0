using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>Keys that the extension reads from Secrets Manager and Parameter Store.</summary>
public sealed class SecretKeyTests(FunctionFixture function)
{
    [Theory]
    [InlineData("API_KEYS_SECRET", SecretsExtensionServer.SecretId)]
    [InlineData("API_KEYS_PARAMETER", SecretsExtensionServer.ParameterName)]
    public async Task Keys_InSecret_AreAccepted(string variable, string id)
    {
        await using var extension = await StartAsync(AuthenticatedFunction.Entry("alice", "sk-alice", ";models=served-name"));
        await using var server = await OpenAsync(extension, (variable, id));

        (await server.SendCredentialAsync("sk-alice")).AssertAccepted();
        (await server.SendCredentialAsync("nk-sk-alice")).AssertAccepted();
        (await server.SendCredentialAsync("sk-bob")).AssertIs(Answer.UnknownKey);
        (await server.AskAsync()).AssertIs(Answer.NoKey);
        Assert.Equal(404, (await server.ChatAsync(FunctionFixture.Model, "x-api-key: sk-alice")).Status);
        Assert.Equal(1, extension.Asked);
    }

    [Fact]
    public async Task Extension_Starting_DelaysTheRequest()
    {
        await using var extension = await StartAsync(AuthenticatedFunction.Entry("alice", "sk-alice"), notReady: 3);
        await using var server = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId));

        (await server.SendCredentialAsync("sk-alice")).AssertAccepted();
        Assert.Equal(4, extension.Asked);
    }

    [Fact]
    public async Task Secret_Refused_Is503()
    {
        await using var extension = await StartAsync(keys: null);
        await using var server = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId));

        (await server.SendCredentialAsync("sk-alice")).AssertIs(Answer.NotDecided);
        (await server.AskAsync()).AssertIs(Answer.NoKey);
        await server.Log.WaitForAsync("API_KEYS_SECRET could not be read from the Parameters and Secrets extension: status 400");
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("123456789012", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_Malformed_IsNotLogged()
    {
        await using var extension = await StartAsync("the-plain-key-canary");
        await using var server = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId));

        (await server.SendCredentialAsync("the-plain-key-canary")).AssertIs(Answer.NotDecided);
        await server.Log.WaitForAsync("API_KEYS_SECRET entry 0 must be name=<SHA-256 of the key in 64 hexadecimal digits>.");
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_BesideApiKeys_IsReadSecond()
    {
        await using var extension = await StartAsync(keys: null);
        await using var server = await OpenAsync(extension, ("API_KEYS_SECRET", SecretsExtensionServer.SecretId),
            ("API_KEYS", AuthenticatedFunction.Entry("bob", "sk-bob")));

        (await server.SendCredentialAsync("sk-bob")).AssertAccepted();
    }

    private static Task<SecretsExtensionServer> StartAsync(string? keys, int notReady = 0) =>
        SecretsExtensionServer.StartAsync(EmulatorCredentials.Default.SessionToken, keys, notReady);

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
