namespace LambdaChat.Tests.Support;

internal static class AllocatedMemory
{
    private const int Rounds = 50;

    /// <summary>
    /// Asserts that the code allocates nothing in one of 50 rounds. The runtime itself sometimes allocates on the thread of a test. Code
    /// that allocates does so in each round.
    /// </summary>
    public static void AssertNone(Action code) => Assert.Contains(0, Enumerable.Range(0, Rounds).Select(_ => Allocated(code)));

    private static long Allocated(Action code)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        code();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
