using System.Runtime;
using LambdaChat.Aws.Credentials;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LambdaChat.Rehearsal;

/// <summary>
/// Runs requests through a second instance of the function during the init phase, in which Lambda does not limit the processor. This loads
/// and prepares the code that the first request needs. The second instance has its own settings, services and counters, a Runtime API and
/// an endpoint on loopback ports, and no log, so that nothing of it is visible. A rehearsal that fails or takes too long is abandoned: the
/// first request then loads the rest.
/// </summary>
internal sealed class StartupRehearsal(
    Func<Action<WebApplicationBuilder>, Action<WebApplicationBuilder>, WebApplication> createFunction,
    bool isRepeated,
    TimeProvider timeProvider) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    // Lambda's limit of the init phase is 10 s.
    private static readonly TimeSpan RepeatedLimit = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan TimeForTheCompiler = TimeSpan.FromMilliseconds(300);

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
        using var limit = new CancellationTokenSource(isRepeated ? RepeatedLimit : Limit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            RunAsync(receive: null, either.Token).GetAwaiter().GetResult();
        }
        catch (Exception) // Nothing depends on the rehearsal.
        {
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs all requests.</summary>
    /// <param name="receive">Receives the response to each request, as the Runtime API does.</param>
    public async Task RunAsync(Action<string>? receive, CancellationToken cancellationToken)
    {
        var events = RehearsalScript.Events;
        using var model = new RehearsalModelServer();
        using var runtimeApi = new RehearsalRuntimeApi(isRepeated ? Repeat(events) : events, receive);
        using var server = new RehearsalServer(runtimeApi.Address, cancellationToken);
        await using var app = createFunction(AddSettings, builder => Replace(builder.Services, server, model.Address));
        foreach (var service in app.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(cancellationToken);
        }

        await runtimeApi.ServeAsync(cancellationToken);
        await server.StopAsync(CancellationToken.None);
        model.Stop();
    }

    private static IEnumerable<byte[]> Repeat(IReadOnlyList<byte[]> events) =>
        RepeatedEvents.UntilCompiled(events, static () => JitInfo.GetCompiledMethodCount(), TimeForTheCompiler);

    private static void AddSettings(WebApplicationBuilder builder) => builder.Configuration.AddInMemoryCollection(Settings);

    // Replaces the services that make network calls. The only remaining hosted service is the framework's, which starts the server.
    private static void Replace(IServiceCollection services, RehearsalServer server, Uri model)
    {
        services.RemoveAll<IHostedService>();
        services.AddSingleton<IServer>(server);
        services.AddSingleton(_ => new LogOutput(Stream.Null));
        services.AddSingleton<ICredentialSource>(new EnvironmentCredentials(new AwsCredentials("rehearsal", "rehearsal", "rehearsal")));
        services.AddSingleton(_ => new HttpMessageInvoker(new Redirection(model)));
    }

    /// <summary>Sends every call to the endpoint of the rehearsal, which serves one connection at a time.</summary>
    private sealed class Redirection : DelegatingHandler
    {
        private readonly Uri _model;

        public Redirection(Uri model)
        {
            var handler = UpstreamConnections.CreateHandler();
            handler.MaxConnectionsPerServer = 1;
            handler.UseProxy = false; // A proxy of the environment would get calls to loopback addresses, too.
            (_model, InnerHandler) = (model, handler);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(_model, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
