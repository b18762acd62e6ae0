using System.Net.Sockets;
using LambdaChat.Hosting;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.SnapStart;

/// <summary>
/// The SnapStart step between the init phase and the first invocation. It runs the hooks and lets Lambda take the snapshot.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html
/// </summary>
internal sealed partial class Snapshot(
    LambdaEnvironment environment,
    IReadOnlyList<ISnapshotHook> hooks,
    TimeProvider timeProvider,
    ILogger logger)
{
    /// <summary>Returns in the restored environment. False if a hook failed; the failure is then already reported to Lambda.</summary>
    /// <exception cref="IOException">The Runtime API does not respond.</exception>
    public async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        using var runtimeApi = new RuntimeApiClient(environment, timeProvider);
        if (!await RunHooksAsync(hook => hook.BeforeSnapshotAsync(cancellationToken), SnapshotFailed, runtimeApi.ReportInitErrorAsync))
        {
            return false;
        }

        await runtimeApi.WaitForRestoreAsync(cancellationToken);
        return await RunHooksAsync(hook => hook.AfterRestoreAsync(cancellationToken), RestoreFailed, runtimeApi.ReportRestoreErrorAsync);

        async Task<bool> RunHooksAsync(
            Func<ISnapshotHook, Task> run, Action<Exception> log, Func<InvocationError, CancellationToken, Task> report)
        {
            try
            {
                foreach (var hook in hooks)
                {
                    await run(hook);
                }

                return true;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested) // Any failure of a hook fails the phase.
            {
                log(exception);
                await ReportAsync(report, exception);
                return false;
            }
        }
    }

    private static async Task ReportAsync(Func<InvocationError, CancellationToken, Task> report, Exception exception)
    {
        try
        {
            await report(InvocationError.Of(exception), CancellationToken.None);
        }
        catch (SocketException lost)
        {
            throw new IOException("The Runtime API did not accept the error of a snapshot.", lost);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The snapshot cannot be prepared. The process ends.")]
    private partial void SnapshotFailed(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The environment cannot be restored from its snapshot. The process ends.")]
    private partial void RestoreFailed(Exception exception);
}
