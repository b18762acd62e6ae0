namespace LambdaChat.ReplyStore;

// How a producer gives up storing its reply, which continues for its client, and what it does then.
internal sealed partial class ReplyProducer
{
    private readonly CancellationTokenSource _failed = new();
    private bool _isCreated; // The store has the reply.

    /// <summary>True if the reply cannot be stored.</summary>
    public bool HasFailed => _failed.IsCancellationRequested;

    /// <summary>Cancelled when the reply cannot be stored, so that no later request can read it.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>True if the reply cannot be stored because its request is too large. Known when <see cref="Created"/> completes.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>True if the reply cannot be stored, or if the last call failed or does not return.</summary>
    public bool IsFailing => HasFailed || _isFailing || IsStuck();

    /// <summary>Stops storing the reply if the store fails or is stuck, or does not confirm soon that it has the reply. Call it only
    /// before a last event that tells the client whether the reply is stored: otherwise, the store has more time.</summary>
    public async ValueTask ConfirmAsync()
    {
        if (!_created.Task.IsCompleted)
        {
            await WaitAsync(_created.Task, _settings.ConfirmationTimeout);
        }

        if (IsFailing || !_created.Task.IsCompleted)
        {
            Fail();
        }
    }

    private bool IsStuck() =>
        Volatile.Read(ref _callStart) is not 0 and var start && _timeProvider.GetElapsedTime(start) > _settings.EndTimeout;

    // Never set back, because several threads may set it. Does not wait for what follows.
    private void Fail() => _ = _failed.CancelAsync();

    private bool IsWatched => _store.IsImmediate
        ? _timeProvider.GetElapsedTime(_lastSign) < _settings.Lease
        : _timeProvider.GetElapsedTime(_lastHead) < _settings.HeadTime;

    // The store may have the head, and may work again: then the reply can still be cancelled. The head is not extended.
    private async Task WatchAsync()
    {
        while (HasFailed && !IsTooLarge && !_isCancelled && Volatile.Read(ref _ending) is null && IsWatched)
        {
            await _wake.Reader.ReadAsync();
            if (Volatile.Read(ref _ending) is null && _timeProvider.GetElapsedTime(_lastCheck) >= _settings.CheckInterval)
            {
                await CheckAsync();
            }
        }
    }

    // Readers of a store in memory do not judge the lease, so the producer ends the reply when it is over.
    private async Task LoseAsync()
    {
        try
        {
            await EndAsync(new ReplyEnding(ReplyStatus.Lost, _parts, _timeProvider.GetUtcNow(), []));
        }
        catch (ReplyStoreException exception)
        {
            CallFailed(_requestId, exception);
        }
    }
}
