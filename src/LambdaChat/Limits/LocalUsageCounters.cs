namespace LambdaChat.Limits;

/// <summary>
/// The usage of this process, in memory. With a table, these counters are checked before the table. At most <paramref name="capacity"/>
/// windows are kept: of the windows without reservations, those that end first are removed.
/// </summary>
internal sealed class LocalUsageCounters(TimeProvider timeProvider, int capacity = LocalUsageCounters.DefaultCapacity)
{
    private const int DefaultCapacity = 10_000;
    private const string AnyCaller = "";

    // After a rejection by the table, requests are rejected for this time without a query.
    private static readonly TimeSpan RejectionTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Owner, string Window), UsageTally> _tallies = [];
    private readonly Dictionary<(string Owner, string Window, string Caller), Rejection> _rejections = [];
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);

    /// <summary>The number of windows.</summary>
    public int Count => _tallies.Count;

    /// <summary>
    /// Takes a reservation in all its windows and streams, or in none. Returns the limit that rejects it; null if it is taken.
    /// </summary>
    public LimitExceeded? TryTake(Reservation reservation)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            if (FindExceeded(reservation, now) is { } exceeded)
            {
                return exceeded;
            }

            foreach (var window in reservation.Windows)
            {
                window.Tally = Open(window, now);
                window.Tally.Reserve(window, reservation.Reserved);
                window.Seen = window.Tally.TotalFor(window);
            }

            foreach (var limit in reservation.Streams)
            {
                _streams[limit.Owner.Key] = _streams.GetValueOrDefault(limit.Owner.Key) + 1;
            }

            return null;
        }
    }

    /// <summary>Replaces a reservation that was taken by the actual usage.</summary>
    public void Settle(Reservation reservation, Usage actual)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            foreach (var window in reservation.Windows)
            {
                Settle(window, reservation.Reserved, actual, now);
            }

            foreach (var limit in reservation.Streams)
            {
                var left = _streams.GetValueOrDefault(limit.Owner.Key) - 1;
                if (left > 0)
                {
                    _streams[limit.Owner.Key] = left;
                }
                else
                {
                    _streams.Remove(limit.Owner.Key);
                }
            }
        }
    }

    /// <summary>
    /// Rejects further requests for a second after the table has rejected one, because each of them would call the model first.
    /// </summary>
    public void Remember(Reservation reservation, LimitExceeded exceeded)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            if (_rejections.Count >= capacity)
            {
                foreach (var key in _rejections.Where(pair => pair.Value.Until <= now).Select(pair => pair.Key).ToList())
                {
                    _rejections.Remove(key);
                }
            }

            foreach (var window in reservation.Windows.Where(window => window.Owner == exceeded.Owner && window.Has(exceeded.Kind)))
            {
                _rejections[Key(window, exceeded.IsReserved)] = new Rejection(exceeded, window.Seen, now + RejectionTime);
            }
        }
    }

    private static (string Owner, string Window) Key(UsageWindow window) => (window.Owner.Key, window.Id);

    // Reservations count differently for each caller.
    private static (string Owner, string Window, string Caller) Key(UsageWindow window, bool isReserved) =>
        (window.Owner.Key, window.Id, isReserved && window.Caller is { } caller ? caller.Key : AnyCaller);

    private LimitExceeded? FindExceeded(Reservation reservation, DateTimeOffset now)
    {
        foreach (var window in reservation.Windows)
        {
            if (FindExceeded(window, now) is { } exceeded)
            {
                return exceeded;
            }
        }

        var full = reservation.Streams.FirstOrDefault(limit => _streams.GetValueOrDefault(limit.Owner.Key) >= limit.Maximum);
        return full is null ? null : LimitExceeded.Of(full);
    }

    private LimitExceeded? FindExceeded(UsageWindow window, DateTimeOffset now)
    {
        if (_tallies.TryGetValue(Key(window), out var tally))
        {
            window.Seen = tally.TotalFor(window);
            if (window.Check(tally.Settled, window.Seen, now) is { } exceeded)
            {
                return exceeded;
            }
        }

        if (FindRejection(window, now) is not { } rejection)
        {
            return null;
        }

        window.Seen = rejection.Seen;
        return LimitExceeded.Of(window, rejection.Exceeded.Kind, rejection.Exceeded.IsReserved, now);
    }

    private Rejection? FindRejection(UsageWindow window, DateTimeOffset now) =>
        _rejections.Count == 0 ? null
        : _rejections.GetValueOrDefault(Key(window, isReserved: false)) is { } ofAll && ofAll.Until > now ? ofAll
        : _rejections.GetValueOrDefault(Key(window, isReserved: true)) is { } ofCaller && ofCaller.Until > now ? ofCaller
        : null;

    // If the window was removed and created again, it does not contain the reservation.
    private void Settle(UsageWindow window, Usage reserved, Usage actual, DateTimeOffset now)
    {
        var tally = window.Tally!;
        tally.Release(window, reserved);
        if (_tallies.GetValueOrDefault(Key(window)) != tally && window.End > now)
        {
            tally = Open(window, now);
            tally.Add(Usage.OneRequest);
        }

        tally.Add(actual - Usage.OneRequest);
    }

    private UsageTally Open(UsageWindow window, DateTimeOffset now)
    {
        if (_tallies.TryGetValue(Key(window), out var tally))
        {
            return tally;
        }

        if (_tallies.Count >= capacity)
        {
            Drop(now);
        }

        return _tallies[Key(window)] = new UsageTally(window.End);
    }

    // Removes the windows that have ended, and at least a tenth of all.
    private void Drop(DateTimeOffset now)
    {
        var count = Math.Max(_tallies.Values.Count(tally => tally.End <= now), 1 + (capacity / 10));
        var dropped = _tallies.OrderBy(pair => pair.Value.HasReservations).ThenBy(pair => pair.Value.End).Take(count).ToList();
        foreach (var (key, _) in dropped)
        {
            _tallies.Remove(key);
        }
    }

    private sealed record Rejection(LimitExceeded Exceeded, Usage Seen, DateTimeOffset Until);
}
