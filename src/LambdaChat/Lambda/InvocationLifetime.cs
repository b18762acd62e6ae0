using LambdaChat.Lambda.RuntimeApi;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Lambda;

/// <summary>
/// The cancellation tokens of an invocation. <see cref="RequestAborted"/> is cancelled when the response connection breaks or the deadline
/// expires, <see cref="RequestTimeoutToken"/> only when the deadline expires. The deadline is up to one second before Lambda's, so that the
/// handler can still send the error <c>deadline_exceeded</c>: as status 504, or inside the stream after the first byte.
/// </summary>
internal sealed class InvocationLifetime : IHttpRequestLifetimeFeature, IHttpRequestTimeoutFeature, IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _aborted;

    public InvocationLifetime(DateTimeOffset? deadline, TimeProvider timeProvider)
    {
        _timeout = deadline is null
            ? new CancellationTokenSource()
            : new CancellationTokenSource(DeadlineMargin.UntilCancelled(deadline.Value, timeProvider), timeProvider);
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token);
        RequestAborted = _aborted.Token;
    }

    public CancellationToken RequestAborted { get; set; }

    public CancellationToken RequestTimeoutToken => _timeout.Token;

    /// <summary>True after the handler called <see cref="Abort"/>.</summary>
    public bool IsAborted { get; private set; }

    public void Abort()
    {
        IsAborted = true;
        _aborted.Cancel();
    }

    /// <summary>Cancels <see cref="RequestAborted"/>, because the response connection is broken.</summary>
    public void CancelRequest() => _aborted.Cancel();

    public void DisableTimeout()
    {
        // Lambda's deadline is fixed.
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _timeout.Dispose();
    }
}
