using LambdaChat.Errors;
using LambdaChat.Models;

namespace LambdaChat.Chat.Replies;

/// <summary>How long a reply and a silence in it may last. Made of nothing where the model has no such limits.</summary>
internal sealed class ReplyLimits : IDisposable
{
    private readonly TimeSpan? _idleTime;
    private readonly CancellationTokenSource? _total;
    private readonly CancellationTokenSource? _idle;
    private readonly CancellationTokenSource? _any;

    public ReplyLimits(Model model, TimeProvider timeProvider, CancellationToken aborted)
    {
        Token = aborted;
        _idleTime = model.IdleTime;
        _total = model.TotalTime is { } total ? new CancellationTokenSource(total, timeProvider) : null;
        _idle = model.IdleTime is { } idle ? new CancellationTokenSource(idle, timeProvider) : null;
        if (_total is not null || _idle is not null)
        {
            _any = CancellationTokenSource.CreateLinkedTokenSource(aborted, _total?.Token ?? default, _idle?.Token ?? default);
            Token = _any.Token;
        }
    }

    /// <summary>Ends the work for the reply.</summary>
    public CancellationToken Token { get; }

    /// <summary>The limit that was passed; null where none was.</summary>
    public RelayFailure? Failure =>
        _total?.IsCancellationRequested == true ? new RelayFailure(RelayError.ReplyTooSlow)
        : _idle?.IsCancellationRequested == true ? new RelayFailure(RelayError.ModelSilent)
        : null;

    /// <summary>The model has said something; until <see cref="Listen"/> its silence is the client's doing.</summary>
    public void Rest() => _idle?.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The model's turn.</summary>
    public void Listen()
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
