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
        foreach (var hook in hooks)
        {
            await hook.BeforeSnapshotAsync(cancellationToken);
        }

        await runtimeApi.WaitForRestoreAsync(cancellationToken);
        try
        {
            foreach (var hook in hooks)
            {
                await hook.AfterRestoreAsync(cancellationToken);
            }

            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested) // Any failure of a hook fails the restore.
        {
            RestoreFailed(exception);
            await ReportAsync(runtimeApi, exception);
            return false;
        }
    }

    private static async Task ReportAsync(RuntimeApiClient runtimeApi, Exception exception)
    {
        try
        {
            await runtimeApi.ReportRestoreErrorAsync(InvocationError.Of(exception), CancellationToken.None);
        }
        catch (SocketException lost)
        {
            throw new IOException("The Runtime API did not accept the restore error.", lost);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The environment cannot be restored from its snapshot. The process ends.")]
    private partial void RestoreFailed(Exception exception);
}
