using LambdaChat.Errors;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Chat.Replies;

/// <summary>How long a reply and a silence in it may last, and whether its caller may have it. Made of nothing where there are no such limits.</summary>
internal sealed class ReplyLimits : IDisposable
{
    private readonly TimeSpan? _idleTime;
    private readonly CancellationTokenSource? _total;
    private readonly CancellationTokenSource? _idle;
    private readonly CancellationTokenSource? _any;

    private readonly Permit? _permit;

    public ReplyLimits(Model model, Permit? permit, TimeProvider timeProvider, CancellationToken aborted)
    {
        Token = aborted;
        _permit = permit;
        _idleTime = model.IdleTime;
        _total = model.TotalTime is { } total ? new CancellationTokenSource(total, timeProvider) : null;
        _idle = model.IdleTime is { } idle ? new CancellationTokenSource(idle, timeProvider) : null;
        if (_total is not null || _idle is not null || permit is { Stop.CanBeCanceled: true })
        {
            _any = CancellationTokenSource.CreateLinkedTokenSource([aborted, _total?.Token ?? default, _idle?.Token ?? default, permit?.Stop ?? default]);
            Token = _any.Token;
        }
    }

    /// <summary>Ends the work for the reply.</summary>
    public CancellationToken Token { get; }

    /// <summary>The limit that was passed; null where none was.</summary>
    public RelayFailure? Failure =>
        _permit?.Failure ?? (_total?.IsCancellationRequested == true ? new RelayFailure(RelayError.ReplyTooSlow)
        : _idle?.IsCancellationRequested == true ? new RelayFailure(RelayError.ModelSilent)
        : null);

    /// <summary>To be awaited before the first byte of the reply: true where it may go to the client.</summary>
    public ValueTask<bool> OpenAsync() => _permit?.OpenAsync() ?? ValueTask.FromResult(true);

    /// <summary>Signs of life are bytes, too: before the first one the same question is asked.</summary>
    public Func<ValueTask> Guard(Func<ValueTask> beat) => _permit is not { } permit ? beat : async () =>
    {
        if (await permit.OpenAsync())
        {
            await beat();
        }
    };

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
