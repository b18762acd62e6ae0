namespace LambdaChat.Local.Hosting;

/// <summary>Waits whose timer ends with them. <see cref="Task.Delay(TimeSpan)"/> beside a task would run on to its end.</summary>
internal static class TimedWait
{
    /// <summary>Returns the task that completes first; null after the timeout.</summary>
    public static async Task<Task?> FirstAsync(Task[] tasks, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Task.WhenAny(tasks).WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
