namespace LambdaChat.FunctionalTests.Faults;

/// <summary>
/// The moment of a fault. The reply has the role, <see cref="Tokens"/> tokens, the finish reason, the usage and <c>[DONE]</c>.
/// </summary>
/// <param name="Title">Name in the table.</param>
/// <param name="After">Number of events before the fault.</param>
internal sealed record FaultMoment(string Title, int After)
{
    public const int Tokens = 10;

    private const int Finish = 1 + Tokens + 1;

    /// <summary>An error response instead of a stream.</summary>
    public static FaultMoment BeforeHeaders { get; } = new("before the headers", 0);

    public static FaultMoment BeforeFirstEvent { get; } = new("before the first event", 0);

    public static FaultMoment MidEvent { get; } = new("mid-event", 5) { IsMidEvent = true };

    public static FaultMoment BetweenEvents { get; } = new("between events", 5);

    /// <summary>Between events, and another target continues the reply.</summary>
    public static FaultMoment Continued { get; } = new("between events, with `continue`", 5) { IsContinued = true };

    public static FaultMoment AfterFinish { get; } = new("after the finish reason", Finish);

    public static FaultMoment AfterDone { get; } = new("after `[DONE]`", Finish + 2);

    public static IReadOnlyList<FaultMoment> All { get; } =
        [BeforeHeaders, BeforeFirstEvent, MidEvent, BetweenEvents, Continued, AfterFinish, AfterDone];

    /// <summary>The moments in a stream.</summary>
    public static IReadOnlyList<FaultMoment> InStream { get; } = [.. All.Skip(1)];

    /// <summary>True if half of the next event precedes the fault.</summary>
    public bool IsMidEvent { get; private init; }

    /// <summary>True if the model's other target continues the reply.</summary>
    public bool IsContinued { get; private init; }

    /// <summary>True if the reply is already complete.</summary>
    public bool IsAfterFinish => After >= Finish;

    /// <summary>The lines of a <see cref="Transcript"/> for the events before the fault.</summary>
    public IEnumerable<string> Events => AllEvents().Take(After);

    private static IEnumerable<string> AllEvents() =>
        ["", .. Enumerable.Range(0, Tokens).Select(static i => $" t{i}"), "finish stop", "usage"];
}
