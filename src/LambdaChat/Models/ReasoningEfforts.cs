namespace LambdaChat.Models;

/// <summary>Limits the effort of a request.</summary>
internal static class ReasoningEfforts
{
    /// <summary>The names in configurations, in the order of the enumeration.</summary>
    public static readonly string[] Names = ["off", "high", "xhigh", "max"];

    /// <summary>Returns the effort for a model: a higher one than the maximum as the maximum, and null if the model gets none.</summary>
    public static string? Limit(string effort, ReasoningEffort maximum) =>
        maximum == ReasoningEffort.Off ? null
        : effort is "xhigh" or "max" && (ReasoningEffort)Array.IndexOf(Names, effort) > maximum ? Names[(int)maximum]
        : effort;
}
