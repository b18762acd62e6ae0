namespace LambdaChat.Limits;

/// <summary>One window with limits that a request counts in: a minute, a day or a month of a key or of a model.</summary>
/// <param name="caller">The caller in a window that several callers share; null in the caller's own window.</param>
internal sealed class UsageWindow(LimitPartition owner, Window window, DateTimeOffset now, LimitPartition? caller = null)
{
    private const int SharesPerLimit = 10; // The reservations of one caller take at most a tenth of a shared limit from the others.

    public LimitPartition Owner => owner;

    public LimitPartition? Caller => caller;

    /// <summary>The name of the window, which is its sort key in the table.</summary>
    public string Id { get; } = window.Id(now);

    /// <summary>The end of the window.</summary>
    public DateTimeOffset End { get; } = window.End(now);

    /// <summary>The maximum number of requests; null if the window does not limit them.</summary>
    public int? Requests { get; init; }

    /// <summary>The maximum number of tokens; null if the window does not limit them.</summary>
    public long? Tokens { get; init; }

    /// <summary>The maximum cost; null if the window does not limit it.</summary>
    public decimal? Cost { get; init; }

    public bool CountsTokens => Tokens is not null || Cost is not null;

    /// <summary>The latest known usage of the window, including this request.</summary>
    public Usage Seen { get; set; } = Usage.Nothing;

    /// <summary>The counters in this process that include the request; null if they do not.</summary>
    public UsageTally? Tally { get; set; }

    /// <summary>The part of a caller's reservations that counts for the other callers of the window.</summary>
    public Usage ShareOf(Usage reserved) => caller is null ? reserved : reserved with
    {
        Tokens = Math.Min(reserved.Tokens, Tokens / SharesPerLimit ?? long.MaxValue),
        Cost = Math.Min(reserved.Cost, Cost / SharesPerLimit ?? decimal.MaxValue),
    };

    /// <summary>
    /// The limit that leaves no room for one more request; null if there is room. There is room while usage and reservations are below
    /// the limit, so the last request that is allowed may exceed it.
    /// </summary>
    /// <param name="settled">Usage without the reservations of replies in progress.</param>
    /// <param name="total">Usage with these reservations.</param>
    public LimitExceeded? Check(Usage settled, Usage total, DateTimeOffset time) =>
        FindReached(settled) is { } used ? LimitExceeded.Of(this, used, isReserved: false, time)
        : FindReached(total) is { } reserved ? LimitExceeded.Of(this, reserved, isReserved: true, time)
        : null;

    /// <summary>A limit to name if the counters no longer show which one was reached.</summary>
    public LimitKind FirstKind =>
        Requests is not null ? LimitKind.RequestsPerMinute : Tokens is not null ? TokensKind : LimitKind.CostPerMonth;

    /// <summary>True if the window has a limit of this kind.</summary>
    public bool Has(LimitKind kind) => Maximum(kind) > 0;

    /// <summary>The value of a limit; 0 if the window has no limit of this kind.</summary>
    public decimal Maximum(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => Requests ?? 0,
        LimitKind.CostPerMonth => Cost ?? 0,
        _ when kind == TokensKind => Tokens ?? 0,
        _ => 0,
    };

    private LimitKind? FindReached(Usage usage) =>
        usage.Requests >= Requests ? LimitKind.RequestsPerMinute
        : usage.Tokens >= Tokens ? TokensKind
        : usage.Cost >= Cost ? LimitKind.CostPerMonth
        : null;

    private LimitKind TokensKind => window switch
    {
        Window.Minute => LimitKind.TokensPerMinute,
        Window.Day => LimitKind.TokensPerDay,
        _ => LimitKind.TokensPerMonth,
    };
}
