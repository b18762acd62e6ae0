using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>The names of outcomes.</summary>
internal static class SoakOutcome
{
    public const string Whole = "whole";

    /// <summary>The outcome of an error: its code.</summary>
    public static string OfError(JsonNode error) => (string?)error["code"] ?? "an error without a code";

    /// <summary>True for the outcome of a failed call.</summary>
    public static bool IsError(string outcome) => outcome.StartsWith("upstream_", StringComparison.Ordinal);
}
