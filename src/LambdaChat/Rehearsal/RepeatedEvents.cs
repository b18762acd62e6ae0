namespace LambdaChat.Rehearsal;

/// <summary>
/// Repeats events until the JIT compiler has optimized the methods that they call. In the background, it compiles each method again that
/// has been called 100 times, if the process has been started with <c>DOTNET_TC_CallCountThreshold=64</c> (hexadecimal) and
/// <c>DOTNET_TC_CallCountingDelayMs=0</c>. Source: https://learn.microsoft.com/dotnet/core/runtime-config/compilation
/// </summary>
internal static class RepeatedEvents
{
    /// <summary>More than 100, so that a method that each event calls reaches its 100th call between two checks.</summary>
    public const int Rounds = 120;

    private const int FewMethods = 3; // Some are called only now and then, and reach their 100th call late.

    /// <param name="events">The events of one round.</param>
    /// <param name="countCompiled">Returns how many methods the JIT compiler has compiled in this process.</param>
    /// <param name="pause">The time that the compiler has before each check.</param>
    public static IEnumerable<byte[]> UntilCompiled(IReadOnlyList<byte[]> events, Func<long> countCompiled, TimeSpan pause)
    {
        long before;
        var compiled = countCompiled();
        do
        {
            before = compiled;
            for (var i = 0; i < Rounds * events.Count; i++)
            {
                yield return events[i % events.Count];
            }

            Thread.Sleep(pause);
            compiled = countCompiled();
        }
        while (compiled - before > FewMethods);
    }
}
