namespace LambdaChat.Tests.Support;

internal static class ReleasedMemory
{
    private const int MaximumCollections = 100;

    /// <summary>
    /// Collects garbage until <paramref name="memory"/> is gone. One collection is not enough: the thread that produced the memory can
    /// still have it on its stack, because it runs the code that awaited it.
    /// </summary>
    public static async Task AssertAsync(WeakReference memory)
    {
        for (var i = 0; i < MaximumCollections && memory.IsAlive; i++)
        {
            await Task.Yield();
            GC.Collect();
        }

        Assert.False(memory.IsAlive);
    }
}
