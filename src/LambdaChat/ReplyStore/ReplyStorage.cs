namespace LambdaChat.ReplyStore;

/// <summary>Starts and finds stored replies.</summary>
internal sealed class ReplyStorage(IReplyStore store, ReplyStoreSettings settings, TimeProvider timeProvider, ILogger<ReplyStorage> logger)
{
    // Bytes of an uncompressed request, which can have images.
    private const int MaximumRequest = 64 * 1024 * 1024;

    /// <summary>Starts to store a reply, in the background.</summary>
    public ReplyLog Start(ReplyKey key, ReadOnlyMemory<byte> request) => new(store, key, request, settings, timeProvider, logger);

    public ReplyReader Read(ReplyKey key) => new(store, key, settings, timeProvider);

    /// <summary>Returns the request of a reply; null if the reply does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task<byte[]?> ReadRequestAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var request = await store.ReadRequestAsync(key, cancellationToken);
        if (request is null && !store.IsImmediate)
        {
            await Task.Delay(settings.SearchTime, timeProvider, cancellationToken);
            request = await store.ReadRequestAsync(key, cancellationToken);
        }

        return request is null ? null : Compression.Decompress(request, MaximumRequest);
    }

    /// <summary>
    /// Cancels a reply if it is running, and returns its head; null if the reply does not exist. Waits a while for the producer: a reply
    /// that was complete before the cancellation reached it stays so.
    /// </summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var head = await store.CancelAsync(key, cancellationToken);
        var start = timeProvider.GetTimestamp();
        while (head is { Status: ReplyStatus.Cancelled, Ending: null } && timeProvider.GetElapsedTime(start) < settings.EndTimeout)
        {
            await Task.Delay(settings.PollInterval, timeProvider, cancellationToken);
            head = await store.ReadHeadAsync(key, cancellationToken);
        }

        return head;
    }

    /// <summary>Deletes a reply. False if it does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken) => store.DeleteAsync(key, cancellationToken);

    /// <summary>Names a reply, so that its caller finds it by the name of its conversation.</summary>
    /// <param name="name">The key of the caller and the name.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task SetNameAsync(ReplyKey name, string id, CancellationToken cancellationToken) =>
        store.SetNameAsync(name, id, timeProvider.GetUtcNow() + settings.LongestRun + settings.Retention, cancellationToken);

    /// <summary>Returns the id of the last reply with this name; null for none.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task<string?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken) => store.FindNameAsync(name, cancellationToken);
}
