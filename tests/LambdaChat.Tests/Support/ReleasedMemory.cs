using System.Diagnostics;

namespace LambdaChat.Tests.Support;

internal static class ReleasedMemory
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1); // For a busy machine.

    /// <summary>
    /// Collects garbage until <paramref name="memory"/> is gone. One collection is not enough: the thread that produced the memory can
    /// still have it on its stack, because it runs the code that awaited it.
    /// </summary>
    public static async Task AssertAsync(WeakReference memory)
    {
        for (var start = Stopwatch.GetTimestamp(); memory.IsAlive && Stopwatch.GetElapsedTime(start) < Limit;)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken); // A collection stops the thread that must leave its stack.
            GC.Collect();
        }

        Assert.False(memory.IsAlive);
    }
}
