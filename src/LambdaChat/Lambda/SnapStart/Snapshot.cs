using System.Net.Sockets;
using LambdaChat.Hosting;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.SnapStart;

/// <summary>
/// SnapStart's step between init and the first invocation: the call that ends the init phase returns in the environments that were made
/// from the snapshot. Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html and the Runtime API's restore paths.
/// </summary>
internal sealed partial class Snapshot(LambdaEnvironment environment, IReadOnlyList<ISnapshotHook> hooks, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Returns in the restored environment; false where it cannot be used, which Lambda has been told.</summary>
    /// <exception cref="IOException">The Runtime API is gone.</exception>
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
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested) // As in the server loop: whatever fails is reported.
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
            throw new IOException("The Runtime API took no report of the failed restore.", lost);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The environment cannot be restored from its snapshot; the process ends.")]
    private partial void RestoreFailed(Exception exception);
}
