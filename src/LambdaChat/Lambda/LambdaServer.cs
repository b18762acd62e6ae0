using LambdaChat.Hosting;
using LambdaChat.Lambda.SnapStart;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Lambda;

/// <summary>
/// An ASP.NET Core server for AWS Lambda: it receives requests from the Runtime API and streams the responses to it.
/// It polls for the first invocation after all hosted services have started. It stops the host if the Runtime API does not respond.
/// </summary>
internal sealed partial class LambdaServer(
    LambdaEnvironment environment,
    LambdaServerSettings settings,
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
        lifetime.ApplicationStarted.Register(
            () => _running = environment.IsSnapStart ? RunAfterRestoreAsync(application) : RunLoopsAsync(application));
        return Task.CompletedTask;
    }

    /// <summary>Stops polling and waits for the running invocations.</summary>
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

    private async Task RunAfterRestoreAsync<TContext>(IHttpApplication<TContext> application)
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
            return; // The host stopped before the snapshot.
        }
        catch (Exception exception) // Nothing else observes it, and a process that neither polls nor ends would be silent.
        {
            LogFailure(exception);
        }

        EndProcess();
    }

    private async Task RunLoopAsync<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull
    {
        using var loop = new InvocationLoop<TContext>(application, environment, settings, timeProvider, logger);
        try
        {
            await loop.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception exception) // A loop that ends for any other reason must end the process, so that Lambda replaces it.
        {
            LogFailure(exception);
            EndProcess();
        }
    }

    private void LogFailure(Exception exception)
    {
        if (exception is IOException)
        {
            RuntimeApiLost(exception);
        }
        else
        {
            LoopFailed(exception);
        }
    }

    private void EndProcess()
    {
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Critical, "The Runtime API does not respond. The process ends.")]
    private partial void RuntimeApiLost(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The server loop failed. The process ends.")]
    private partial void LoopFailed(Exception exception);
}
