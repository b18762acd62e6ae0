namespace LambdaChat.Limits;

/// <summary>What the table said of a request, and what came of it; the log and the metrics name it.</summary>
internal enum TableDecision
{
    /// <summary>It had not answered when the reply was over.</summary>
    None,

    /// <summary>It let the request in, before the first byte of the reply.</summary>
    InTime,

    /// <summary>It refused the request.</summary>
    Refused,

    /// <summary>It had not answered when the first byte had waited long enough; the reply went on.</summary>
    LateOpen,

    /// <summary>The same; the reply was stopped.</summary>
    LateClosed,

    /// <summary>It could not be asked; the reply went on.</summary>
    FailedOpen,

    /// <summary>The same; the reply was stopped.</summary>
    FailedClosed,
}

internal static class TableDecisionExtensions
{
    private static readonly string[] Names = ["none", "in-time", "refused", "late-open", "late-closed", "failed-open", "failed-closed"];

    /// <summary>As the log and the metrics have it.</summary>
    public static string Name(this TableDecision decision) => Names[(int)decision];

    /// <summary>True where the reply may go on.</summary>
    public static bool IsOpen(this TableDecision decision) => decision is TableDecision.None or TableDecision.InTime or TableDecision.LateOpen or TableDecision.FailedOpen;
}
