namespace LambdaChat.ReplyStore;

/// <summary>
/// Reads one reply from its first part on, while it runs or after its end. If the process that produces the reply has stopped before
/// its end, its lease expires, and the reader marks it as <see cref="ReplyStatus.Lost"/>. In the memory of a process, leases do not count:
/// a reply there ends with its producer. Not thread-safe.
/// </summary>
internal sealed class ReplyReader(IReplyStore store, ReplyKey key, ReplyStoreSettings settings, TimeProvider timeProvider)
{
    private readonly ChunkDecoder _decoder = new();
    private int _parts;
    private DateTimeOffset _lease;
    private bool _lacksParts; // The store has the end, but not all parts before it.

    /// <summary>The head of the last read; null before the first read, and if the reply does not exist.</summary>
    public ReplyHead? Head { get; private set; }

    /// <summary>
    /// How the reply ended; null until all chunks before its end were read. If the store lacks some of them, the reply is lost.
    /// </summary>
    public ReplyEnding? Ending => Head?.Ending is not { } ending ? null
        : _parts >= ending.Parts ? ending
        : _lacksParts ? new ReplyEnding(ReplyStatus.Lost, _parts, ending.At, [])
        : null;

    /// <summary>The bytes that were read and are not chunks yet.</summary>
    public int Length => _decoder.Length;

    /// <summary>The chunk that was read last.</summary>
    public ReadOnlySpan<byte> Chunk => _decoder.Chunk;

    /// <summary>Moves to the next chunk of those that were read. False after the last one.</summary>
    public bool MoveNext() => _decoder.TryRead();

    /// <summary>Reads new parts. False if the reply does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var before = await store.GetTimeAsync(cancellationToken);
        if (!await TakeAsync(cancellationToken))
        {
            return false;
        }

        // The end is written after all parts. Only a read that starts after the end was seen must find them.
        if (Head!.Ending is not null && Ending is null)
        {
            if (!await TakeAsync(cancellationToken))
            {
                return false;
            }

            _lacksParts = true;
        }

        // The earlier of both times: this process may be suspended after the read, and the response to it may correct the clock.
        var after = await store.GetTimeAsync(cancellationToken);
        var now = after < before ? after : before;
        if (Head.Ending is null && !store.IsImmediate && now - _lease > settings.ClockDifference)
        {
            await EndAsync(Head.Generation, after, cancellationToken);
        }

        return Head is not null;
    }

    /// <summary>Reads until there are new chunks or the end. False if the reply does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed for longer than a reader waits for it.</exception>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var parts = _parts;
        var start = timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                if (!await ReadAsync(cancellationToken))
                {
                    return false;
                }

                if (_parts > parts || Ending is not null)
                {
                    return true;
                }

                start = timeProvider.GetTimestamp();
            }
            catch (ReplyStoreException) when (Head is not null && timeProvider.GetElapsedTime(start) < settings.MaximumOutage)
            {
                // The store may respond again.
            }

            await Task.Delay(settings.PollInterval, timeProvider, cancellationToken);
        }
    }

    private async Task EndAsync(string generation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await store.EndAsync(
            key, generation, new ReplyEnding(ReplyStatus.Lost, _parts, now, []), now + settings.Retention, cancellationToken);
        Head = await store.ReadHeadAsync(key, cancellationToken);
    }

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(key, _parts, cancellationToken) is not { } snapshot)
        {
            Head = null;
            return false;
        }

        Take(snapshot);
        return true;
    }

    // Parts after the end are from a producer whose reply was marked as lost.
    private void Take(ReplySnapshot snapshot)
    {
        Head = snapshot.Head;
        _lease = Head.Lease > _lease ? Head.Lease : _lease;
        foreach (var part in snapshot.Parts)
        {
            if (part.Number != _parts + 1 || part.Number > (Head.Ending?.Parts ?? int.MaxValue))
            {
                break;
            }

            _decoder.Add(part.Chunks.Span);
            _parts = part.Number;
            _lease = part.Lease > _lease ? part.Lease : _lease;
        }
    }
}
