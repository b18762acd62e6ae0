using LambdaChat.Authentication.Callers;
using LambdaChat.Hosting;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Reports;
using LambdaChat.Telemetry.Tracing;

namespace LambdaChat.Api.Replies;

/// <summary>Reports each reply at its end: as one log line and, if an exporter is configured, as metrics and spans.</summary>
/// <param name="metrics">Null if no exporter is configured. The same applies to <paramref name="spans"/>.</param>
/// <param name="lambda">Null outside Lambda.</param>
internal sealed class ReplyReporter(
    TimeProvider timeProvider, ReplyLogLine line, ChatMetrics? metrics = null, ReplySpans? spans = null, LambdaEnvironment? lambda = null)
{
    private readonly bool _isOneAtATime = lambda is { MaxConcurrency: 1 };

    /// <param name="limitsDecision">The decision of the limits table; null if the table was not queried.</param>
    /// <param name="isStored">True if the reply is stored, false if the store failed; null if it was not to be stored.</param>
    public void End(HttpContext context, ReplyOutcome outcome, string? limitsDecision, bool? isStored = null)
    {
        var report = CreateReport(context, outcome, limitsDecision, timeProvider) with
        {
            IsStored = isStored,
            Allocated = _isOneAtATime ? GC.GetTotalAllocatedBytes() - outcome.Measurements.AllocatedBefore : null,
        };
        line.Write(report);
        metrics?.Ended(report);
        spans?.Ended(report);
    }

    public static ReplyReport CreateReport(HttpContext context, ReplyOutcome outcome, string? limitsDecision, TimeProvider timeProvider)
    {
        var (reply, failure, usage) = outcome;
        var end = timeProvider.GetTimestamp();
        TimeSpan? streamed = reply.First is { } first ? timeProvider.GetElapsedTime(first, end) : null;
        return new ReplyReport
        {
            RequestId = context.TraceIdentifier,
            Key = Caller.Of(context).Name,
            Model = reply.Model.Name,
            Operation = OperationOf(reply.Task),
            Target = reply.Target,
            HasSeveralTargets = reply.Model.Targets.Count > 1,
            Status = context.Response.StatusCode,
            Failure = failure,
            LimitsDecision = limitsDecision,
            EndedAt = timeProvider.GetUtcNow(),
            Duration = timeProvider.GetElapsedTime(reply.Start, end),
            TimeToResponse = Since(reply.Start, reply.Answered, timeProvider),
            TimeToFirstToken = Since(reply.Start, reply.First, timeProvider),
            TimePerOutputToken = failure is null && usage is { Completion: > 1 and var tokens } ? streamed / (tokens - 1) : null,
            InputTokens = usage?.Prompt,
            OutputTokens = usage?.Completion,
            CachedTokens = usage?.Cached,
            Attempts = reply.Attempts,
            HasWaitedCold = reply.HasWaitedCold,
            ContinuedAfter = reply.ContinuedAfter,
            Events = reply.Events,
            Payloads = reply.Payloads,
            SplitRecords = reply.SplitRecords,
            Heartbeats = reply.Heartbeats,
            SentBytes = reply.SentBytes,
            MaxUnflushedBytes = reply.MaxUnflushedBytes,
            IncompleteToolCalls = reply.IncompleteToolCalls,
        };
    }

    /// <summary>
    /// The operation as OpenTelemetry names it. OpenTelemetry has no name for the last two.
    /// Source: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
    /// </summary>
    public static string OperationOf(ModelTasks task) => task switch
    {
        ModelTasks.Chat => "chat",
        ModelTasks.Completions => "text_completion",
        ModelTasks.Embeddings => "embeddings",
        ModelTasks.Rerank => "rerank",
        ModelTasks.Score => "score",
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "The value is not a single task."),
    };

    private static TimeSpan? Since(long start, long? time, TimeProvider timeProvider) =>
        time is { } known ? timeProvider.GetElapsedTime(start, known) : null;
}
