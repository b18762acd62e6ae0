namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// Counts the steps of a thread: the calls and the rounds of loops of instrumented code, and what library calls read. Notes the library
/// calls that are not counted.
/// </summary>
public static class StepCounter
{
    public const int MaximumCalls = 16 * 1024; // Different methods of libraries.

    private static readonly bool[] Noted = new bool[MaximumCalls];

    [ThreadStatic]
    private static long _steps;

    public static void One() => _steps++;

    public static void Add(long steps) => _steps += steps;

    /// <summary>Notes that a method ran that is not counted.</summary>
    /// <param name="method">Its number.</param>
    public static void Note(int method) => Noted[method] = true;

    /// <summary>Returns, by their numbers, which methods ran that are not counted.</summary>
    public static bool[] GetNoted() => Noted;

    /// <summary>Returns the steps of an action.</summary>
    public static long Of(Action action)
    {
        var before = _steps;
        action();
        return _steps - before;
    }
}
