namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// How long the steps of an invocation may take. Each ends before Lambda's deadline, because Lambda ends the environment of a function that
/// has not polled again by then, and the next request waits for a cold start. The time left is never longer than a day.
/// </summary>
internal static class DeadlineMargin
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WorkMargin = TimeSpan.FromMilliseconds(250);

    // Longer than any timeout of Lambda, and shorter than the longest timer of .NET (49.7 days).
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The time until the request is cancelled: the margin is a second, or a third of the remaining time.</summary>
    public static TimeSpan UntilCancelled(DateTimeOffset deadline, TimeProvider timeProvider)
    {
        var left = deadline - timeProvider.GetUtcNow();
        return Bound(left - MarginOf(left));
    }

    /// <summary>
    /// The time until an unfinished response is given up: half the margin of <see cref="UntilCancelled"/>. Infinite if the deadline has
    /// passed before the invocation began.
    /// </summary>
    public static TimeSpan UntilClosed(DateTimeOffset deadline, TimeProvider timeProvider)
    {
        var left = deadline - timeProvider.GetUtcNow();
        return left <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : Bound(left - (MarginOf(left) / 2));
    }

    /// <summary>The time until the work that follows the response no longer delays the next poll.</summary>
    public static TimeSpan UntilPoll(DateTimeOffset deadline, TimeProvider timeProvider) =>
        Bound(deadline - timeProvider.GetUtcNow() - WorkMargin);

    private static TimeSpan MarginOf(TimeSpan left) => left / 3 < Margin ? left / 3 : Margin;

    private static TimeSpan Bound(TimeSpan left) => left < TimeSpan.Zero ? TimeSpan.Zero : left > Longest ? Longest : left;
}
