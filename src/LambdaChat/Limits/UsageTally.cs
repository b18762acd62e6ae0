namespace LambdaChat.Limits;

/// <summary>
/// The usage of one window in this process, and the reservations of replies in progress. For a caller, its own reservations count in full,
/// and those of each other caller count up to that caller's share. Not thread-safe.
/// </summary>
internal sealed class UsageTally(DateTimeOffset end)
{
    private readonly Dictionary<string, Usage> _reserved = new(StringComparer.Ordinal);
    private Usage _shares = Usage.Nothing; // The sum of the callers' reservations, each up to its share.

    public DateTimeOffset End => end;

    /// <summary>Requests started, and tokens and cost of replies that have ended.</summary>
    public Usage Settled { get; private set; } = Usage.Nothing;

    public bool HasReservations => _reserved.Count > 0;

    /// <summary>The usage with reservations, as it counts for the caller of a window.</summary>
    public Usage TotalFor(UsageWindow window)
    {
        var own = ReservedBy(window);
        return Settled + _shares - window.ShareOf(own) + own;
    }

    /// <summary>Starts a request.</summary>
    public void Reserve(UsageWindow window, Usage reservation)
    {
        Change(window, reservation with { Requests = 0 });
        Settled += Usage.OneRequest;
    }

    /// <summary>Returns the reservation of a request. The request itself still counts.</summary>
    public void Release(UsageWindow window, Usage reservation) => Change(window, Usage.Nothing - reservation with { Requests = 0 });

    public void Add(Usage usage) => Settled += usage;

    private Usage ReservedBy(UsageWindow window) => _reserved.GetValueOrDefault(CallerOf(window)) ?? Usage.Nothing;

    private void Change(UsageWindow window, Usage change)
    {
        var before = ReservedBy(window);
        var after = before + change;
        _shares += window.ShareOf(after) - window.ShareOf(before);
        if (after == Usage.Nothing)
        {
            _reserved.Remove(CallerOf(window));
        }
        else
        {
            _reserved[CallerOf(window)] = after;
        }
    }

    private static string CallerOf(UsageWindow window) => (window.Caller ?? window.Owner).Key;
}
