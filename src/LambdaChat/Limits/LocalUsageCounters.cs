namespace LambdaChat.Limits;

/// <summary>
/// What was spent through this process, in memory: all there is without a table, and with one the first to be asked. It keeps at most
/// <paramref name="capacity"/> accounts; beyond them it forgets those whose windows end first.
/// </summary>
internal sealed class LocalUsageCounters(TimeProvider timeProvider, int capacity = LocalUsageCounters.DefaultCapacity)
{
    private const int DefaultCapacity = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1); // In which a refusal of the table is not asked for again.

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Partition, string Sort), Tally> _tallies = [];
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);

    /// <summary>How many accounts it keeps.</summary>
    public int Count => _tallies.Count;

    /// <summary>Takes a booking whole, or refuses it whole.</summary>
    public LimitExceeded? TryTake(Reservation reservation)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            if (FindRefusal(reservation, now) is { } exceeded)
            {
                return exceeded;
            }

            foreach (var window in reservation.Accounts)
            {
                var tally = Open(window, now);
                window.Seen = tally.Spent += reservation.Reserved;
            }

            foreach (var limit in reservation.Streams)
            {
                _streams[limit.Subject.Partition] = _streams.GetValueOrDefault(limit.Subject.Partition) + 1;
            }

            return null;
        }
    }

    /// <summary>Ends a booking that was taken: it was this and no longer what was reserved.</summary>
    public void Settle(Reservation reservation, Usage actual)
    {
        lock (_lock)
        {
            foreach (var window in reservation.Accounts)
            {
                if (_tallies.TryGetValue(Key(window), out var tally))
                {
                    tally.Spent += actual - reservation.Reserved;
                }
            }

            foreach (var limit in reservation.Streams)
            {
                var left = _streams.GetValueOrDefault(limit.Subject.Partition) - 1;
                if (left > 0)
                {
                    _streams[limit.Subject.Partition] = left;
                }
                else
                {
                    _streams.Remove(limit.Subject.Partition);
                }
            }
        }
    }

    /// <summary>The table has refused this: for a moment nobody is let through to hear the same, since each would have called the model.</summary>
    public void Remember(Reservation reservation, LimitExceeded exceeded)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            foreach (var window in reservation.Accounts.Where(window => window.Subject == exceeded.Subject && window.Limits(exceeded.Kind)))
            {
                var tally = Open(window, now);
                (tally.Refused, tally.RefusedUntil, tally.Heard) = (exceeded.Kind, now + Memory, window.Seen);
            }
        }
    }

    private static (string Partition, string Sort) Key(UsageWindow window) => (window.Subject.Partition, window.Sort);

    private LimitExceeded? FindRefusal(Reservation reservation, DateTimeOffset now)
    {
        foreach (var window in reservation.Accounts)
        {
            if (_tallies.TryGetValue(Key(window), out var tally) && FindReached(window, tally, now) is { } kind)
            {
                window.Seen = tally.RefusedUntil > now ? tally.Heard : tally.Spent;
                return LimitExceeded.Of(window, kind, now);
            }
        }

        return reservation.Streams.FirstOrDefault(limit => _streams.GetValueOrDefault(limit.Subject.Partition) >= limit.Most) is { } full ? LimitExceeded.Of(full) : null;
    }

    private static LimitKind? FindReached(UsageWindow window, Tally tally, DateTimeOffset now) =>
        window.FindReached(tally.Spent) ?? (tally.RefusedUntil > now && window.Limits(tally.Refused) ? tally.Refused : null);

    private Tally Open(UsageWindow window, DateTimeOffset now)
    {
        if (_tallies.TryGetValue(Key(window), out var tally))
        {
            return tally;
        }

        if (_tallies.Count >= capacity)
        {
            Forget(now);
        }

        return _tallies[Key(window)] = new Tally(window.End);
    }

    // Those that are over, and a tenth of all at least.
    private void Forget(DateTimeOffset now)
    {
        var count = Math.Max(_tallies.Values.Count(tally => tally.End <= now), 1 + (capacity / 10));
        foreach (var key in _tallies.OrderBy(pair => pair.Value.End).Take(count).Select(pair => pair.Key).ToList())
        {
            _tallies.Remove(key);
        }
    }

    private sealed class Tally(DateTimeOffset end)
    {
        public DateTimeOffset End => end;

        public Usage Spent { get; set; } = Usage.Nothing;

        public LimitKind Refused { get; set; }

        public DateTimeOffset RefusedUntil { get; set; }

        // What the table said then.
        public Usage Heard { get; set; } = Usage.Nothing;
    }
}
