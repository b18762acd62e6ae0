using LambdaChat.Hosting;
using LambdaChat.Lambda;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LambdaChat.Tests.Lambda;

/// <summary>An ASP.NET Core application on the Lambda server, in the test process.</summary>
internal sealed class FunctionUnderTest : IAsyncDisposable
{
    public const string Get = """
        {"version":"2.0","rawPath":"/","rawQueryString":"","headers":{"host":"h"},
         "requestContext":{"http":{"method":"GET","path":"/"}},"isBase64Encoded":false}
        """;

    public const string RestApiGet =
        """{"path":"/","httpMethod":"GET","headers":{"Host":"h"},"requestContext":{"identity":{}},"isBase64Encoded":false}""";

    public static readonly TimeSpan FlushCommentDelay = TimeSpan.FromMilliseconds(25);

    private readonly WebApplication _app;

    private FunctionUnderTest(WebApplication app) => _app = app;

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    public static async Task<FunctionUnderTest> StartAsync(
        LambdaEnvironment environment,
        RequestDelegate handler,
        TimeProvider? timeProvider = null,
        Action<WebApplication>? configure = null,
        params ISnapshotHook[] hooks)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(environment);
        builder.Services.AddSingleton(new LambdaServerSettings(FlushCommentDelay));
        builder.Services.AddSingleton(timeProvider ?? TimeProvider.System);
        builder.Services.AddSingleton<IServer, LambdaServer>();
        foreach (var hook in hooks)
        {
            builder.Services.AddSingleton(hook);
        }

        var app = builder.Build();
        configure?.Invoke(app);
        app.Run(handler);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new FunctionUnderTest(app);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
