using LambdaChat.Hosting;
using LambdaChat.Lambda;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Rehearsal;

/// <summary>Runs the loop of <see cref="LambdaServer"/> against the Runtime API of the rehearsal. It never stops the process.</summary>
internal sealed class RehearsalServer(string runtimeApi, CancellationToken limit) : IServer
{
    /// <summary>Shorter than the default, so that a rehearsal need not wait long for a flush comment.</summary>
    public static readonly TimeSpan FlushCommentDelay = TimeSpan.FromMilliseconds(2);

    private static readonly LambdaServerSettings Settings = new(FlushCommentDelay);

    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(limit);
    private Task _running = Task.CompletedTask;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _running = RunAsync(application);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull
    {
        var environment = new LambdaEnvironment(runtimeApi, IsSamLocal: false, MaxConcurrency: 1);
        using var loop = new InvocationLoop<TContext>(application, environment, Settings, TimeProvider.System, NullLogger.Instance);
        await loop.RunAsync(_stopping.Token);
    }
}
