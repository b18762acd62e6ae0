namespace LambdaChat.FunctionalTests.Support;

/// <summary>
/// Repeats tests whose result depends on a time limit of the function or of Lambda. A very busy machine can exceed the limit.
/// </summary>
internal static class Attempts
{
    private const int Maximum = 5;

    /// <summary>Runs an attempt again while it throws <see cref="TooLateException"/>. The last attempt fails with it.</summary>
    public static async Task RunAsync(Func<Task> attempt)
    {
        for (var left = Maximum - 1; ; left--)
        {
            try
            {
                await attempt();
                return;
            }
            catch (TooLateException) when (left > 0)
            {
            }
        }
    }
}

/// <summary>The machine was too slow for the attempt, which therefore shows nothing.</summary>
internal sealed class TooLateException(string message) : Exception(message);
