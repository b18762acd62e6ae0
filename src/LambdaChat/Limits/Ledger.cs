namespace LambdaChat.Limits;

/// <summary>
/// What was spent through this process, in memory: all there is without a table, and with one the first to be asked. It keeps at most
/// <paramref name="capacity"/> accounts; beyond them it forgets those whose windows end first.
/// </summary>
internal sealed class Ledger(TimeProvider timeProvider, int capacity = Ledger.DefaultCapacity)
{
    private const int DefaultCapacity = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1); // In which a refusal of the table is not asked for again.

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Partition, string Sort), Tally> _tallies = [];
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);

    /// <summary>How many accounts it keeps.</summary>
    public int Count => _tallies.Count;

    /// <summary>Takes a booking whole, or refuses it whole.</summary>
    public Refusal? TryTake(Booking booking)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            if (FindRefusal(booking, now) is { } refusal)
            {
                return refusal;
            }

            foreach (var account in booking.Accounts)
            {
                var tally = Open(account, now);
                account.Seen = tally.Spent += booking.Reserved;
            }

            foreach (var limit in booking.Streams)
            {
                _streams[limit.Subject.Partition] = _streams.GetValueOrDefault(limit.Subject.Partition) + 1;
            }

            return null;
        }
    }

    /// <summary>Ends a booking that was taken: it was this and no longer what was reserved.</summary>
    public void Settle(Booking booking, Spent actual)
    {
        lock (_lock)
        {
            foreach (var account in booking.Accounts)
            {
                if (_tallies.TryGetValue(Key(account), out var tally))
                {
                    tally.Spent += actual - booking.Reserved;
                }
            }

            foreach (var limit in booking.Streams)
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
    public void Remember(Booking booking, Refusal refusal)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            foreach (var account in booking.Accounts.Where(account => account.Subject == refusal.Subject && account.Limits(refusal.Kind)))
            {
                var tally = Open(account, now);
                (tally.Refused, tally.RefusedUntil, tally.Heard) = (refusal.Kind, now + Memory, account.Seen);
            }
        }
    }

    private static (string Partition, string Sort) Key(Account account) => (account.Subject.Partition, account.Sort);

    private Refusal? FindRefusal(Booking booking, DateTimeOffset now)
    {
        foreach (var account in booking.Accounts)
        {
            if (_tallies.TryGetValue(Key(account), out var tally) && FindReached(account, tally, now) is { } kind)
            {
                account.Seen = tally.RefusedUntil > now ? tally.Heard : tally.Spent;
                return Refusal.Of(account, kind, now);
            }
        }

        return booking.Streams.FirstOrDefault(limit => _streams.GetValueOrDefault(limit.Subject.Partition) >= limit.Most) is { } full ? Refusal.Of(full) : null;
    }

    private static LimitKind? FindReached(Account account, Tally tally, DateTimeOffset now) =>
        account.FindReached(tally.Spent) ?? (tally.RefusedUntil > now && account.Limits(tally.Refused) ? tally.Refused : null);

    private Tally Open(Account account, DateTimeOffset now)
    {
        if (_tallies.TryGetValue(Key(account), out var tally))
        {
            return tally;
        }

        if (_tallies.Count >= capacity)
        {
            Forget(now);
        }

        return _tallies[Key(account)] = new Tally(account.End);
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

        public Spent Spent { get; set; } = Spent.Nothing;

        public LimitKind Refused { get; set; }

        public DateTimeOffset RefusedUntil { get; set; }

        // What the table said then.
        public Spent Heard { get; set; } = Spent.Nothing;
    }
}
