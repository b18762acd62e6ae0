namespace LambdaChat.Limits;

/// <summary>The outcome of the check against the shared table, as the log and the metrics report it.</summary>
internal enum TableDecision
{
    /// <summary>The reply ended before the table answered.</summary>
    None,

    /// <summary>The table allowed the request before the first byte of the reply.</summary>
    InTime,

    /// <summary>The table rejected the request.</summary>
    Refused,

    /// <summary>The table did not answer in time. The reply went on.</summary>
    LateOpen,

    /// <summary>The table did not answer in time. The reply was stopped.</summary>
    LateClosed,

    /// <summary>The query failed. The reply went on.</summary>
    FailedOpen,

    /// <summary>The query failed. The reply was stopped.</summary>
    FailedClosed,
}

internal static class TableDecisionExtensions
{
    private static readonly string[] Names = ["none", "in-time", "refused", "late-open", "late-closed", "failed-open", "failed-closed"];

    /// <summary>The name in the log and the metrics.</summary>
    public static string Name(this TableDecision decision) => Names[(int)decision];

    /// <summary>True if the reply may continue.</summary>
    public static bool IsOpen(this TableDecision decision) =>
        decision is TableDecision.None or TableDecision.InTime or TableDecision.LateOpen or TableDecision.FailedOpen;
}
