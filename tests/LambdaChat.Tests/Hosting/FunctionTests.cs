using LambdaChat.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Tests.Hosting;

public sealed class FunctionTests
{
    private const string Models = """--MODELS=[{"name":"m","endpoint":"e"}]""";

    [Fact]
    public async Task Create_AnyServer_ServesTheApplication()
    {
        using var server = new InMemoryServer();
        await using var app = Function.Create(
            [Models, "--OPEN_ACCESS=true", "--AWS_REGION=us-east-1"],
            builder => builder.Services.AddSingleton<IServer>(server));
        await app.StartAsync(TestContext.Current.CancellationToken);

        var health = await server.SendAsync("GET", "/healthz");
        var unknown = await server.SendAsync("GET", "/nowhere");

        Assert.Equal(200, health.Status);
        Assert.Equal(404, unknown.Status);
        Assert.Contains("\"code\":\"unknown_path\"", unknown.Body, StringComparison.Ordinal);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Create_InvalidSetting_Throws() =>
        Assert.Throws<ConfigurationException>(() => Function.Create(["--MODELS=not JSON"], _ => { }));
}
