using LambdaChat.Aws.Credentials;
using LambdaChat.Telemetry.Logging;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LambdaChat.Rehearsal;

/// <summary>
/// Runs requests through a second instance of the function during the init phase, in which Lambda does not limit the processor. This loads
/// and prepares the code that the first request needs. The second instance has its own settings, services and counters, a Runtime API and
/// an endpoint in memory, and no log, so that nothing of it is visible. A rehearsal that fails or takes too long is abandoned: the first
/// request then loads the rest.
/// </summary>
internal sealed class StartupRehearsal(
    Func<Action<WebApplicationBuilder>, Action<WebApplicationBuilder>, WebApplication> createFunction, TimeProvider timeProvider)
        : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["MODELS"] = $$"""[{"name":"{{RehearsalScript.Model}}","endpoint":"rehearsal","region":"us-east-1"}]""",
        ["API_KEYS"] = $"rehearsal={RehearsalScript.KeyHash}",
        ["METRICS"] = "emf",
    };

    /// <summary>
    /// Returns when the rehearsal has ended. It blocks, because a host whose start is suspended runs asynchronous methods of the framework
    /// that the JIT compiler would have to compile.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            RunAsync(either.Token).GetAwaiter().GetResult();
        }
        catch (Exception) // Nothing depends on the rehearsal.
        {
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns the response to each request, as the Runtime API receives it.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        using var runtimeApi = new RehearsalRuntimeApi(RehearsalScript.Events);
        using var server = new RehearsalServer(runtimeApi.Address, cancellationToken);
        await using var app = createFunction(AddSettings, builder => Replace(builder.Services, server));
        foreach (var service in app.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(cancellationToken);
        }

        var responses = await runtimeApi.ServeAsync(cancellationToken);
        await server.StopAsync(CancellationToken.None);
        return responses;
    }

    private static void AddSettings(WebApplicationBuilder builder) => builder.Configuration.AddInMemoryCollection(Settings);

    // Replaces the services that make network calls. The only remaining hosted service is the framework's, which starts the server.
    private static void Replace(IServiceCollection services, RehearsalServer server)
    {
        services.RemoveAll<IHostedService>();
        services.AddSingleton<IServer>(server);
        services.AddSingleton(_ => new LogOutput(Stream.Null));
        services.AddSingleton<ICredentialSource>(new EnvironmentCredentials(new AwsCredentials("rehearsal", "rehearsal", "rehearsal")));
        services.AddSingleton(_ => new HttpMessageInvoker(new RehearsalEndpoint()));
    }
}
