using System.Diagnostics;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>
/// The limit of each wait for something that another process does. A result that never comes fails its test instead of blocking the run.
/// </summary>
internal static class WaitLimit
{
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(5); // Also for a busy machine.

    /// <summary>A token that is canceled with the test or at the limit.</summary>
    public static CancellationTokenSource Start()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Duration);
        return limit;
    }

    /// <exception cref="TimeoutException">The task did not end in time.</exception>
    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(Duration, TestContext.Current.CancellationToken);

    /// <exception cref="TimeoutException">The task did not end in time.</exception>
    public static Task InTimeAsync(this Task task) => task.WaitAsync(Duration, TestContext.Current.CancellationToken);

    /// <summary>Waits for the end of a process, and kills it if it does not end.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task ExitInTimeAsync(this Process process)
    {
        using var limit = Start();
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            var name = process.ProcessName;
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The process {name} did not end within {Duration} or before the end of the test, and was killed.");
        }
    }
}
