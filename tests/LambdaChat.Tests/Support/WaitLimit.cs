namespace LambdaChat.Tests.Support;

/// <summary>The limit of a wait in real time. A result that never comes fails its test instead of blocking the run.</summary>
internal static class WaitLimit
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(5); // Also for a busy machine.

    /// <summary>A token that is canceled with the test or at the limit.</summary>
    public static CancellationTokenSource Start()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Duration);
        return limit;
    }
}
