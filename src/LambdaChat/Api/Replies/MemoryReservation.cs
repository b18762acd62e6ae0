using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>The memory of one reply that is held whole. It is given back when this is disposed.</summary>
internal sealed class MemoryReservation(MemoryBudget memory, SemaphoreSlim turns, string caller, TimeProvider timeProvider)
    : IReplyMemory, IDisposable
{
    private long _reserved;
    private bool _hasTurn;
    private ReplyFailure? _failure;

    public ReplyFailure? Reserve(long bytes)
    {
        if (bytes >= ReplyMemory.Step && bytes > _reserved && _failure is null)
        {
            Grow(RoundUp(bytes));
        }

        return _failure;
    }

    public ValueTask<ReplyFailure?> WaitForTurnAsync(CancellationToken cancellationToken) =>
        _hasTurn || _failure is not null ? new ValueTask<ReplyFailure?>(_failure) : WaitAsync(cancellationToken);

    public void Shrink(long bytes)
    {
        var total = bytes < ReplyMemory.Step ? 0 : Math.Min(RoundUp(bytes), _reserved);
        memory.Release(_reserved - total, caller);
        _reserved = total;
        EndTurn();
    }

    public void EndTurn()
    {
        if (_hasTurn)
        {
            _hasTurn = false;
            turns.Release();
        }
    }

    public void Dispose() => Shrink(0);

    private static long RoundUp(long bytes) => (bytes + ReplyMemory.Step - 1) / ReplyMemory.Step * ReplyMemory.Step;

    private void Grow(long total)
    {
        if (total > memory.Capacity)
        {
            _failure = new ReplyFailure(FailureKind.ReplyTooLong);
        }
        else if (!memory.TryReserve(total - _reserved, caller, _reserved))
        {
            _failure = new ReplyFailure(FailureKind.ServerOverloaded);
        }
        else
        {
            _reserved = total;
        }
    }

    private async ValueTask<ReplyFailure?> WaitAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ReplyMemory.TurnTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await turns.WaitAsync(both.Token);
            _hasTurn = true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _failure = new ReplyFailure(FailureKind.ServerOverloaded);
        }

        return _failure;
    }
}
