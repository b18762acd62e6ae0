using System.Collections.Concurrent;

namespace LambdaChat.ReplyStore;

/// <summary>Starts and finds stored replies.</summary>
internal sealed class ReplyStorage(IReplyStore store, ReplyStoreSettings settings, TimeProvider timeProvider, ILogger<ReplyStorage> logger)
{
    // Bytes of an uncompressed request, which can have images.
    private const int MaximumRequest = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<Task, ReplyProducer> _running = new(); // Only if no request waits for its end.

    /// <summary>Starts to store a reply, in the background.</summary>
    /// <param name="requestId">The id of the request, for the log.</param>
    /// <param name="name">The name of the reply; null for none.</param>
    public ReplyProducer Start(ReplyKey key, ReadOnlyMemory<byte> request, string requestId, ReplyName? name = null)
    {
        var producer = new ReplyProducer(store, key, request, settings, timeProvider, requestId, logger, name);
        if (!settings.WaitsAtEnd)
        {
            _running[producer.Run] = producer;
            _ = producer.Run.ContinueWith(
                run => _running.TryRemove(run, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return producer;
    }

    /// <summary>Waits for a limited time until the store has the ends of all replies.</summary>
    public async Task WaitForEndsAsync() => await Task.WhenAll(_running.Keys).WaitAsync(settings.EndTimeout, timeProvider)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public ReplyReader Read(ReplyKey key) => new(store, key, settings, timeProvider);

    /// <summary>Starts a search for several replies, which together take the time of one.</summary>
    public long StartSearch() => timeProvider.GetTimestamp();

    /// <summary>Returns the request of a reply; null if the reply does not exist.</summary>
    /// <param name="search">The search to which this one belongs; null for its own.</param>
    /// <param name="began">When the reply began, if its name is stored; otherwise null.</param>
    /// <param name="reserve">Reserves the memory of the request, before it is expanded if the store has its length.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task<byte[]?> ReadRequestAsync(
        ReplyKey key, long? search, DateTimeOffset? began, Action<int> reserve, CancellationToken cancellationToken)
    {
        // The head of a reply whose name is stored follows, unless the reply has expired.
        var isNew = began is { } at && await store.GetTimeAsync(cancellationToken) - at < settings.MaximumOutage;
        StoredRequest? request = null;
        await SearchAsync(
            async () =>
            {
                request = await store.ReadRequestAsync(key, cancellationToken);
                return request is not null ? TimeSpan.Zero
                    : !isNew && await store.ReadHeadAsync(key, cancellationToken) is null ? settings.SearchTime
                    : settings.EndTimeout; // The pieces of a long request follow the head.
            },
            cancellationToken,
            search);
        return request is null ? null : Expand(request, reserve);
    }

    /// <summary>
    /// Cancels a reply if it is running, and returns its head; null if the reply does not exist. Waits a while for the producer: a reply
    /// that was complete before the cancellation reached it stays so.
    /// </summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        ReplyHead? head = null;
        await SearchAsync(
            async () => (head = await store.CancelAsync(key, cancellationToken)) is null ? settings.SearchTime : TimeSpan.Zero,
            cancellationToken);
        return await WaitForProducerAsync(key, head, cancellationToken);
    }

    /// <summary>
    /// Cancels the reply with this name if it is running. It may not have its name or its head yet, and an earlier reply may have the name.
    /// </summary>
    /// <param name="name">The key of the caller and the name.</param>
    /// <param name="keyOf">Returns the key of a reply with this id.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task CancelNamedAsync(ReplyKey name, Func<string, ReplyKey> keyOf, CancellationToken cancellationToken)
    {
        var now = await store.GetTimeAsync(cancellationToken);
        ReplyKey key = default;
        ReplyHead? head = null;
        await SearchAsync(
            async () =>
            {
                if (await FindNameAsync(name, cancellationToken) is not { } named)
                {
                    return settings.SearchTime;
                }

                key = keyOf(named.Id);
                head = await store.CancelAsync(key, cancellationToken);
                return head is null ? settings.EndTimeout
                    : head.Ending is { } ending && now - ending.At > settings.EndTimeout ? settings.SearchTime
                    : TimeSpan.Zero; // It was running, or has just ended.
            },
            cancellationToken);
        await WaitForProducerAsync(key, head, cancellationToken);
    }

    /// <summary>Deletes a reply. False if it does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var isDeleted = false;
        await SearchAsync(
            async () => (isDeleted = await store.DeleteAsync(key, cancellationToken)) ? TimeSpan.Zero : settings.SearchTime,
            cancellationToken);
        return isDeleted;
    }

    /// <summary>Returns the last reply with this name; null for none.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task<NamedReply?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken) =>
        store.FindNameAsync(name, cancellationToken);

    private static byte[] Expand(StoredRequest request, Action<int> reserve)
    {
        if (request.Length is not { } length)
        {
            var bytes = Compression.Decompress(request.Compressed, MaximumRequest);
            reserve(bytes.Length);
            return bytes;
        }

        reserve(length);
        return Compression.Decompress(request.Compressed, Math.Min(length, MaximumRequest));
    }

    // A reply may be known to its client before the store has it. Each attempt returns for how long the search lasts; zero to end it.
    private async Task SearchAsync(Func<Task<TimeSpan>> attempt, CancellationToken cancellationToken, long? search = null)
    {
        var start = search ?? timeProvider.GetTimestamp();
        while (await attempt() > timeProvider.GetElapsedTime(start) && !store.IsImmediate)
        {
            await Task.Delay(settings.PollInterval, timeProvider, cancellationToken);
        }
    }

    private async Task<ReplyHead?> WaitForProducerAsync(ReplyKey key, ReplyHead? head, CancellationToken cancellationToken)
    {
        var start = timeProvider.GetTimestamp();
        while (head is { Status: ReplyStatus.Cancelled, Ending: null } && timeProvider.GetElapsedTime(start) < settings.EndTimeout)
        {
            await Task.Delay(settings.PollInterval, timeProvider, cancellationToken);
            head = await store.ReadHeadAsync(key, cancellationToken);
        }

        return head;
    }
}
