using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Local;

public sealed partial class LocalCommandTests
{
    private const string Expired =
        """{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","SessionToken":"c","Expiration":"2020-01-01T00:00:00Z"}""";

    [Theory]
    [InlineData("false")]
    [InlineData("echo signed-out")]
    [InlineData("/nowhere/credentials")]
    [InlineData("echo " + Expired)]
    public async Task Run_CredentialProcessFails_IsReported(string command)
    {
        var profiles = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            profiles, $"[profile team]\nregion = eu-north-1\ncredential_process = {command}\n", TestContext.Current.CancellationToken);
        _variables["AWS_CONFIG_FILE"] = profiles;
        _variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = "http://127.0.0.1:9"; // Without credentials it is not called.
        Start("--endpoint", "demo", "--profile", "team");
        using var client = await ReadClientAsync();

        var (status, body) = await Reply.AskAsync(client, Reply.Request("{}", """{"model":"default"}"""));

        Assert.Equal(502, status);
        Assert.Contains("\"code\":\"no_credentials\"", body, StringComparison.Ordinal);
        await _log.WaitForAsync("no_credentials 502");
        Assert.DoesNotContain(_lines, line => line.Contains("   at ", StringComparison.Ordinal)); // No stack trace.
        File.Delete(profiles);
    }
}
