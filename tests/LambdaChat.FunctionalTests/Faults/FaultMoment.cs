namespace LambdaChat.FunctionalTests.Faults;

/// <summary>When a fault comes. The model says its role, <see cref="Tokens"/> tokens, the finish reason, the usage and <c>[DONE]</c>.</summary>
/// <param name="Title">The table's.</param>
/// <param name="After">How many events the stand-in sends before it.</param>
internal sealed record FaultMoment(string Title, int After)
{
    public const int Tokens = 10;

    private const int Finish = 1 + Tokens + 1;

    /// <summary>In place of a stream.</summary>
    public static FaultMoment BeforeHeaders { get; } = new("before the headers", 0);

    public static FaultMoment BeforeFirstEvent { get; } = new("before the first event", 0);

    public static FaultMoment MidEvent { get; } = new("mid-event", 5) { IsMidEvent = true };

    public static FaultMoment BetweenEvents { get; } = new("between events", 5);

    public static FaultMoment AfterFinish { get; } = new("after the finish reason", Finish);

    public static FaultMoment AfterDone { get; } = new("after `[DONE]`", Finish + 2);

    public static IReadOnlyList<FaultMoment> All { get; } = [BeforeHeaders, BeforeFirstEvent, MidEvent, BetweenEvents, AfterFinish, AfterDone];

    /// <summary>Those in a stream.</summary>
    public static IReadOnlyList<FaultMoment> InStream { get; } = [.. All.Skip(1)];

    /// <summary>True where half of the next event comes before it.</summary>
    public bool IsMidEvent { get; private init; }

    /// <summary>True where nothing is missing from the answer any more.</summary>
    public bool IsAfterFinish => After >= Finish;

    /// <summary>What a client reads of the events before it, as <see cref="Transcript"/> shows them.</summary>
    public IEnumerable<string> Events => AllEvents().Take(After);

    private static IEnumerable<string> AllEvents() => ["", .. Enumerable.Range(0, Tokens).Select(static i => $" t{i}"), "finish stop", "usage"];
}
