namespace LambdaChat.Limits;

/// <summary>What one request books for a subject in a window that has limits.</summary>
internal sealed class UsageWindow(LimitPartition subject, Window window, DateTimeOffset now)
{
    public LimitPartition Subject => subject;

    public Window Window => window;

    /// <summary>The window's name, and the sort key in the table.</summary>
    public string Sort { get; } = window.Id(now);

    /// <summary>When the window is over.</summary>
    public DateTimeOffset End { get; } = window.End(now);

    /// <summary>The most of each; null where it has no limit here.</summary>
    public int? Requests { get; init; }

    public long? Tokens { get; init; }

    public decimal? Cost { get; init; }

    /// <summary>All that was spent in the window, as far as was heard, this request included.</summary>
    public Usage Seen { get; set; } = Usage.Nothing;

    /// <summary>True once the table holds this request.</summary>
    public bool IsStored { get; set; }

    /// <summary>
    /// The limit that leaves no room for one request more; null while there is room. Room is anything that is not reserved: the last
    /// request that is let in may pass a limit by what it uses itself.
    /// </summary>
    public LimitKind? FindReached(Usage before) =>
        before.Requests >= Requests ? LimitKind.RequestsPerMinute
        : before.Tokens >= Tokens ? TokensKind
        : before.Cost >= Cost ? LimitKind.CostPerMonth
        : null;

    /// <summary>One that it has.</summary>
    public LimitKind FirstLimit => Requests is not null ? LimitKind.RequestsPerMinute : Tokens is not null ? TokensKind : LimitKind.CostPerMonth;

    /// <summary>True where it has such a limit.</summary>
    public bool Limits(LimitKind kind) => Most(kind) > 0;

    /// <summary>The limit in figures; zero where it has none.</summary>
    public decimal Most(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => Requests ?? 0,
        LimitKind.CostPerMonth => Cost ?? 0,
        _ when kind == TokensKind => Tokens ?? 0,
        _ => 0,
    };

    private LimitKind TokensKind => window switch
    {
        Window.Minute => LimitKind.TokensPerMinute,
        Window.Day => LimitKind.TokensPerDay,
        _ => LimitKind.TokensPerMonth,
    };
}
