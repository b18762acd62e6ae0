using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Lambda;

/// <summary>
/// When an invocation ends early. <see cref="RequestAborted"/> fires when nobody takes the answer any more and also at the deadline;
/// <see cref="RequestTimeoutToken"/> only at the deadline. That lies a margin before Lambda's own, so that a handler can still say what happened.
/// </summary>
internal sealed class InvocationLifetime : IHttpRequestLifetimeFeature, IHttpRequestTimeoutFeature, IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _aborted;

    public InvocationLifetime(DateTimeOffset? deadline, TimeProvider timeProvider)
    {
        _timeout = deadline is null ? new CancellationTokenSource() : new CancellationTokenSource(TimeLeft(deadline.Value, timeProvider), timeProvider);
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token);
        RequestAborted = _aborted.Token;
    }

    public CancellationToken RequestAborted { get; set; }

    public CancellationToken RequestTimeoutToken => _timeout.Token;

    /// <summary>True once the handler gave the request up.</summary>
    public bool IsAborted { get; private set; }

    public void Abort()
    {
        IsAborted = true;
        _aborted.Cancel();
    }

    /// <summary>Nobody takes the answer any more.</summary>
    public void LoseClient() => _aborted.Cancel();

    public void DisableTimeout()
    {
        // Lambda's deadline cannot be moved.
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _timeout.Dispose();
    }

    // A short timeout keeps two thirds of its time.
    private static TimeSpan TimeLeft(DateTimeOffset deadline, TimeProvider timeProvider)
    {
        var left = deadline - timeProvider.GetUtcNow();
        left -= left / 3 < Margin ? left / 3 : Margin;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
