using LambdaChat.Failures;

namespace LambdaChat.Upstream.Retries;

/// <summary>
/// Decides after each failed attempt whether to call again, which target, and when. A target whose failure is transient gets a second
/// attempt after a pause; after every other failure the next target is called at once. If all targets are scaled to zero, the calls are
/// repeated every few seconds until one target is in service. The first calls have started the scaling. A target that starts may also fail
/// for a moment, so transient failures do not end this wait.
/// </summary>
/// <param name="order">The indexes of the model's targets, in the order of the calls.</param>
/// <param name="budget">The maximum time for retries. The wait for a cold endpoint has its own limit.</param>
/// <param name="coldTimeout">The maximum wait for a cold endpoint.</param>
internal sealed class RetrySchedule(IReadOnlyList<int> order, TimeSpan budget, TimeSpan coldTimeout)
{
    private const int AttemptsPerTarget = 2;
    private const int MaximumAttempts = 9;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ColdDelay = TimeSpan.FromSeconds(5);

    private int _position;
    private int _called = 1; // The targets so far.
    private int _attemptsAtTarget;
    private bool _areAllCold = true; // The last attempt at every target so far found it scaled to zero.

    /// <summary>The index of the target to call now.</summary>
    public int Target => order[_position];

    /// <summary>The indexes of the targets so far.</summary>
    public IReadOnlyCollection<int> Called => [.. order.Take(_called)];

    /// <summary>The number of failed attempts.</summary>
    public int Failures { get; private set; }

    /// <summary>True if the schedule has waited for a cold endpoint.</summary>
    public bool HasWaitedCold { get; private set; }

    /// <summary>Returns the pause before the next attempt, or null if no attempt follows.</summary>
    /// <param name="failure">The failure of the last attempt.</param>
    /// <param name="elapsed">The time since the first attempt began.</param>
    public TimeSpan? Next(ReplyFailure failure, TimeSpan elapsed)
    {
        Failures++;
        _attemptsAtTarget++;
        if (!failure.MayRetryOtherTarget)
        {
            return null;
        }

        if (HasWaitedCold)
        {
            return failure.IsTransient || failure.Kind == FailureKind.Cold ? NextWhileCold(failure.RetryAfter, elapsed) : null;
        }

        if (failure.IsTransient && _attemptsAtTarget < AttemptsPerTarget && (failure.RetryAfter ?? Backoff()) is var pause
            && Fits(pause, elapsed))
        {
            return pause;
        }

        _areAllCold &= failure.Kind == FailureKind.Cold;
        if (_position + 1 < order.Count && Fits(TimeSpan.Zero, elapsed))
        {
            MoveTo(_position + 1);
            return TimeSpan.Zero;
        }

        return _areAllCold ? NextWhileCold(failure.RetryAfter, elapsed) : null;
    }

    private bool Fits(TimeSpan pause, TimeSpan elapsed) => Failures < MaximumAttempts && elapsed + pause < budget;

    // If there are several targets, another one is called next, so the time that this one named does not matter.
    private TimeSpan? NextWhileCold(TimeSpan? retryAfter, TimeSpan elapsed)
    {
        var named = order.Count == 1 ? retryAfter ?? TimeSpan.Zero : TimeSpan.Zero;
        if (elapsed + named >= coldTimeout)
        {
            return null;
        }

        MoveTo((_position + 1) % order.Count);
        HasWaitedCold = true;
        var pause = Jitter(ColdDelay);
        return named > pause ? named : pause;
    }

    private void MoveTo(int position) => (_position, _attemptsAtTarget, _called) = (position, 0, Math.Max(_called, position + 1));

    private TimeSpan Backoff() => Jitter(FirstDelay * Math.Pow(2, Math.Min(Failures - 1, 4)));

    // 0.75 to 1.25 times the delay, so that callers that failed at the same time retry at different times.
    private static TimeSpan Jitter(TimeSpan delay) => delay * (0.75 + (Random.Shared.NextDouble() / 2));
}
