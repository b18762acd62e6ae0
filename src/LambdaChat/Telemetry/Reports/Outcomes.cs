using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Models;

namespace LambdaChat.Telemetry.Reports;

/// <summary>The names under which logs, metrics and spans know what happened; dashboards and alarms depend on them.</summary>
internal static class Outcomes
{
    public const string Completed = "completed";

    /// <summary>How a reply ended: a failure in snake case, null for none.</summary>
    public static string NameOf(FailureKind? error) =>
        error is null ? Completed : JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Value.ToString());

    /// <summary>What a failure means in a log: who went away or asked for something wrong is no fault of ours or the model's.</summary>
    public static LogLevel LevelOf(ReplyFailure? failure) => failure switch
    {
        null or { Kind: FailureKind.ClientGone or FailureKind.LimitReached } => LogLevel.Information,
        { Kind: FailureKind.ContainerError, Container.Status: >= 400 and < 500 and not 408 and not 429 } => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    /// <summary>
    /// The operation as OpenTelemetry names it; for the last two, which it does not know, our own names.
    /// Source: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
    /// </summary>
    public static string OperationOf(ModelTasks task) => task switch
    {
        ModelTasks.Chat => "chat",
        ModelTasks.Completions => "text_completion",
        ModelTasks.Embeddings => "embeddings",
        ModelTasks.Rerank => "rerank",
        ModelTasks.Score => "score",
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "No task, or several."),
    };
}
