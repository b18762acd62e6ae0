using LambdaChat.Failures;
using LambdaChat.Models;

namespace LambdaChat.Relay;

/// <summary>How long a reply and a silence in it may last, and whether its caller may have it. Made of nothing where there are no such limits.</summary>
internal sealed class ReplyTimeouts : IDisposable
{
    private readonly TimeSpan? _idleTime;
    private readonly CancellationTokenSource? _total;
    private readonly CancellationTokenSource? _idle;
    private readonly CancellationTokenSource? _any;

    private readonly IReplyAdmission? _admission;

    public ReplyTimeouts(Model model, IReplyAdmission? admission, TimeProvider timeProvider, CancellationToken aborted)
    {
        Token = aborted;
        _admission = admission;
        _idleTime = model.IdleTimeout;
        _total = model.TotalTimeout is { } total ? new CancellationTokenSource(total, timeProvider) : null;
        _idle = model.IdleTimeout is not null ? new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider) : null;
        if (_total is not null || _idle is not null || admission is { Stop.CanBeCanceled: true })
        {
            _any = CancellationTokenSource.CreateLinkedTokenSource([aborted, _total?.Token ?? default, _idle?.Token ?? default, admission?.Stop ?? default]);
            Token = _any.Token;
        }
    }

    /// <summary>Ends the work for the reply.</summary>
    public CancellationToken Token { get; }

    /// <summary>The limit that was passed; null where none was.</summary>
    public ReplyFailure? Failure =>
        _admission?.Failure ?? (_total?.IsCancellationRequested == true ? new ReplyFailure(FailureKind.ReplyTooSlow)
        : _idle?.IsCancellationRequested == true ? new ReplyFailure(FailureKind.ModelSilent)
        : null);

    /// <summary>To be awaited before the first byte of the reply: true where it may go to the client.</summary>
    public ValueTask<bool> WaitForDecisionAsync() => _admission?.WaitForDecisionAsync() ?? ValueTask.FromResult(true);

    /// <summary>Signs of life are bytes, too: before the first one the same question is asked.</summary>
    public Func<ValueTask> Guard(Func<ValueTask> beat) => _admission is not { } admission ? beat : async () =>
    {
        if (await admission.WaitForDecisionAsync())
        {
            await beat();
        }
    };

    /// <summary>The model has said something; until <see cref="RestartIdleTimer"/> its silence is the client's doing.</summary>
    public void PauseIdleTimer() => _idle?.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The model's turn.</summary>
    public void RestartIdleTimer()
    {
        if (_idleTime is { } idle)
        {
            _idle!.CancelAfter(idle);
        }
    }

    public void Dispose()
    {
        _any?.Dispose();
        _idle?.Dispose();
        _total?.Dispose();
    }
}
