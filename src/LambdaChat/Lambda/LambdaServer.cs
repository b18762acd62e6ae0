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
    ILogger<LambdaServer> logger) : IServer
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        lifetime.ApplicationStarted.Register(() =>
        {
            for (var i = 0; i < environment.MaxConcurrency; i++)
            {
                _loops.Add(RunLoopAsync(application));
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>Asks for no more work and waits for the invocation under way.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

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
