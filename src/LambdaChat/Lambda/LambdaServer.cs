using LambdaChat.Hosting;
using LambdaChat.Lambda.SnapStart;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Lambda;

/// <summary>
/// ASP.NET Core's server inside a Lambda function: requests come from the Runtime API and answers stream back to it.
/// It asks for the first invocation once every hosted service has started, and stops the host when the Runtime API is gone.
/// </summary>
internal sealed partial class LambdaServer(
    LambdaEnvironment environment,
    IHostApplicationLifetime lifetime,
    TimeProvider timeProvider,
    IEnumerable<ISnapshotHook> snapshotHooks,
    ILogger<LambdaServer> logger) : IServer
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        lifetime.ApplicationStarted.Register(() => _running = environment.IsSnapStart ? RestoreAndRunAsync(application) : RunLoopsAsync(application));
        return Task.CompletedTask;
    }

    /// <summary>Asks for no more work and waits for the invocation under way.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private Task RunLoopsAsync<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull
    {
        var loops = new Task[environment.MaxConcurrency];
        for (var i = 0; i < loops.Length; i++)
        {
            loops[i] = RunLoopAsync(application);
        }

        return Task.WhenAll(loops);
    }

    private async Task RestoreAndRunAsync<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull
    {
        try
        {
            if (await new Snapshot(environment, [.. snapshotHooks], timeProvider, logger).TakeAsync(_stopping.Token))
            {
                await RunLoopsAsync(application);
                return;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return; // Stopped before the snapshot was taken.
        }
        catch (IOException exception)
        {
            RuntimeApiGone(exception);
        }

        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    private async Task RunLoopAsync<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull
    {
        using var loop = new InvocationLoop<TContext>(application, environment, timeProvider, logger);
        try
        {
            await loop.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end that was asked for.
        }
        catch (IOException exception)
        {
            RuntimeApiGone(exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(LogLevel.Critical, "The Runtime API is gone; the process ends.")]
    private partial void RuntimeApiGone(Exception exception);
}
