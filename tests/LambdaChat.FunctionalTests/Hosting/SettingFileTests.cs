using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>The function's process with <c>appsettings.json</c> beside the program.</summary>
public sealed class SettingFileTests(FunctionFixture function) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lambdachat-settings-").FullName;
    private readonly Log _log = new();

    [Fact]
    public async Task AddressOfSageMaker_InTheFile_IsCalled()
    {
        await using var lambda = await StartAsync(
            new JsonObject { ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = function.Emulator.Address.ToString() });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":2}""")))[^1]);
    }

    [Theory]
    [InlineData("AWS_USE_FIPS_ENDPOINT", "yes", "AWS_USE_FIPS_ENDPOINT must be true or false.")]
    [InlineData("AWS_ENDPOINT_URL", "localhost:9", "AWS_ENDPOINT_URL must be an address like https://host.")]
    [InlineData("CORS_ORIGIN", "*", "appsettings.json has the unknown setting CORS_ORIGIN.")]
    public async Task WrongSetting_InTheFile_StopsTheStart(string name, string value, string message)
    {
        await using var lambda = await StartAsync(new JsonObject { [name] = value });

        var error = await Assert.ThrowsAsync<LocalException>(() => lambda.WarmUpAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"The function failed to start: {message}", error.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<LocalLambda> StartAsync(JsonObject settings)
    {
        foreach (var path in Directory.EnumerateFiles(FunctionFixture.FunctionPath))
        {
            File.Copy(path, Path.Combine(_folder, Path.GetFileName(path)));
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), settings.ToJsonString());
        return await FunctionFixture.StartLambdaAsync(function.Emulator.Address, _log, options => options with
        {
            FunctionPath = _folder,
            Variables = options.Variables.Where(variable => variable.Key != "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME").ToDictionary(),
        });
    }
}
