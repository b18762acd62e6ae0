using System.Text.Json;
using LambdaChat.Failures;

namespace LambdaChat.Telemetry.Reports;

/// <summary>The names and log levels of outcomes. Dashboards and alarms depend on the names.</summary>
internal static class Outcomes
{
    public const string Completed = "completed";

    /// <summary>The failure in snake case; <see cref="Completed"/> for null.</summary>
    public static string NameOf(FailureKind? kind) =>
        kind is null ? Completed : JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.Value.ToString());

    /// <summary>
    /// Information for a disconnected or limited client and a cancelled reply, Warning for a request that the model server rejected, Error
    /// for the rest.
    /// </summary>
    public static LogLevel LevelOf(ReplyFailure? failure) => failure switch
    {
        null or { Kind: FailureKind.ClientGone or FailureKind.LimitReached or FailureKind.Cancelled } => LogLevel.Information,
        { Kind: FailureKind.ContainerError, Container.Status: >= 400 and < 500 and not 408 and not 429 } => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
