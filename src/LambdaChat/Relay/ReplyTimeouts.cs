using System.Diagnostics.CodeAnalysis;
using LambdaChat.Failures;
using LambdaChat.Models;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Relay;

/// <summary>
/// The timeouts of a reply, total and idle, the deadline of its request, and the pending decision of the limits. The idle timeout counts
/// records, not bytes. It starts with the response of a target; before that, the retries apply it to each attempt. Its length is the
/// model's <c>idleSeconds</c>. Without this setting there is no idle timeout before the first record, and 60 s after it.
/// </summary>
internal sealed class ReplyTimeouts : IDisposable
{
    private static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan? _idleTimeout;
    private readonly CancellationTokenSource? _total;
    private readonly HttpContext _context;
    private readonly CancellationToken _aborted;
    private CancellationTokenSource _idle;
    private CancellationTokenSource _any;
    private readonly IReplyAdmission? _admission;
    private long _lastRecord;

    public ReplyTimeouts(HttpContext context, Model model, IReplyAdmission? admission, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _admission = admission;
        _idleTimeout = model.IdleTimeout;
        _lastRecord = timeProvider.GetTimestamp();
        _total = model.TotalTimeout is { } total ? new CancellationTokenSource(total, timeProvider) : null;
        (_context, _aborted) = (context, context.RequestAborted);
        Link();
    }

    /// <summary>Cancelled when the client disconnects, a timeout or the deadline expires, or the reply is rejected.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>The expired timeout or deadline, or why the reply is rejected; null for none of them.</summary>
    public ReplyFailure? Failure =>
        _admission?.Failure ?? (_total?.IsCancellationRequested == true ? new ReplyFailure(FailureKind.ReplyTooSlow)
        : _idle.IsCancellationRequested ? new ReplyFailure(FailureKind.ModelSilent)
        : IsTimedOut(_context) ? new ReplyFailure(FailureKind.DeadlineExceeded)
        : null);

    /// <summary>True if a request was cancelled because its deadline expired, and not because the client disconnected.</summary>
    public static bool IsTimedOut(HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;

    /// <summary>Waits for the decision before the first byte of the reply is sent. True if the reply is allowed.</summary>
    public ValueTask<bool> WaitForDecisionAsync() => _admission?.WaitForDecisionAsync() ?? ValueTask.FromResult(true);

    /// <summary>A heartbeat commits the response, so the first one also waits for the decision.</summary>
    public Func<ValueTask> Guard(Func<ValueTask> beat) => _admission is not { } admission ? beat : async () =>
    {
        if (await admission.WaitForDecisionAsync())
        {
            await beat();
        }
    };

    /// <summary>Cancels <see cref="Token"/>, because the reply has failed.</summary>
    public void Cancel() => _any.Cancel();

    /// <summary>Stops the idle timer while the client reads.</summary>
    public void PauseIdleTimer() => _idle.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Starts the idle timer while the relay waits for the model.</summary>
    /// <param name="hasRecord">True if a record was received since the last start. Otherwise the timer continues.</param>
    /// <param name="isAfterFirst">True after the first record of the reply.</param>
    public void RestartIdleTimer(bool hasRecord, bool isAfterFirst)
    {
        _lastRecord = hasRecord ? _timeProvider.GetTimestamp() : _lastRecord;
        if ((_idleTimeout ?? (isAfterFirst ? DefaultIdleTimeout : null)) is { } idle)
        {
            var left = hasRecord ? idle : idle - _timeProvider.GetElapsedTime(_lastRecord);
            _idle.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <summary>Creates a new idle timer after the old one has expired, because another call continues the reply.</summary>
    public void Renew()
    {
        if (_idle.IsCancellationRequested)
        {
            _any.Dispose();
            _idle.Dispose();
            Link();
        }
    }

    public void Dispose()
    {
        _any.Dispose();
        _idle.Dispose();
        _total?.Dispose();
    }

    [MemberNotNull(nameof(_idle), nameof(_any))]
    private void Link()
    {
        _idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _timeProvider);
        _any = CancellationTokenSource.CreateLinkedTokenSource(
            [_aborted, _total?.Token ?? default, _idle.Token, _admission?.Stop ?? default]);
    }
}
