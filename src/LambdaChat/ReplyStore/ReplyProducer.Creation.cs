namespace LambdaChat.ReplyStore;

// What a producer writes before the first part.
internal sealed partial class ReplyProducer
{
    private async Task CreateAsync(ReadOnlyMemory<byte> request)
    {
        await NameAsync();
        var (compressed, length) = (Compression.Compress(request.Span), request.Length);
        if (compressed.Length > _settings.MaximumRequest)
        {
            IsTooLarge = true;
            throw new ReplyStoreException("The request is too long for the store.");
        }

        await RetryAsync(async () =>
        {
            var now = await GetTimeAsync();
            var head = new ReplyHead(_generation, ReplyStatus.Running, now + _settings.Lease, ExpiryOfRunning(now))
            {
                RequestLength = length,
            };
            await _store.CreateAsync(_key, head, compressed, CancellationToken.None);
            _isCreated = true;
        });
    }

    // The name is first, so that no request takes the earlier reply for this one while the store fails. A later reply keeps its name:
    // the time is that of the start, and not that of the attempt.
    private Task NameAsync() => _name is not { } name ? Task.CompletedTask : RetryAsync(async () =>
    {
        var now = await GetTimeAsync();
        var reply = new NamedReply(name.Id, now - _timeProvider.GetElapsedTime(_start));
        await _store.SetNameAsync(name.Key, reply, now + _settings.LongestRun + _settings.Retention, CancellationToken.None);
    });
}
