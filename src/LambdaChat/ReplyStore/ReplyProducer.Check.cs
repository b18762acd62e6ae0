namespace LambdaChat.ReplyStore;

// What a producer reads and extends while its reply runs.
internal sealed partial class ReplyProducer
{
    // Reads whether the reply was cancelled. Extends the lease during a silence, and the expiry before a reply that runs for long loses
    // its head. After a failed check the next one follows soon.
    private async Task CheckAsync()
    {
        _lastCheck = _timeProvider.GetTimestamp();
        try
        {
            var mustRenew = !HasFailed && (_timeProvider.GetElapsedTime(_lastSign) >= _settings.Renewal
                || _timeProvider.GetElapsedTime(_lastHead) >= _settings.HeadTime);
            var head = await (mustRenew ? RenewAsync() : _store.ReadHeadAsync(_key, CancellationToken.None));
            if (head is null ? _isCreated : head.Status == ReplyStatus.Cancelled)
            {
                _isCancelled = true;
                await _cancelled.CancelAsync();
            }
            else if (head is { Status: not ReplyStatus.Running })
            {
                Fail(); // A reader has marked the reply as lost.
            }
        }
        catch (ReplyStoreException exception)
        {
            CallFailed(_requestId, exception);
        }
    }

    private async Task<ReplyHead?> RenewAsync()
    {
        var now = await GetTimeAsync();
        var head = await _store.RenewAsync(_key, _generation, now + _settings.Lease, ExpiryOfRunning(now), CancellationToken.None);
        _lastSign = _lastHead = _timeProvider.GetTimestamp();
        return head;
    }

    private DateTimeOffset ExpiryOfRunning(DateTimeOffset now) => now + _settings.HeadTime + _settings.Retention;
}
