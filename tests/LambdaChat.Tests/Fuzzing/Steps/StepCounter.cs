namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// Counts the steps of a thread: the calls and the rounds of loops of instrumented code, and what library calls read.
/// </summary>
public static class StepCounter
{
    [ThreadStatic]
    private static long _steps;

    public static void One() => _steps++;

    public static void Add(long steps) => _steps += steps;

    /// <summary>Returns the steps of an action.</summary>
    public static long Of(Action action)
    {
        var before = _steps;
        action();
        return _steps - before;
    }
}
