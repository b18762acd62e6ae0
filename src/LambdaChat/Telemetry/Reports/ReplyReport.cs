using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Telemetry.Reports;

/// <summary>One reply after its end, for the log line, the metrics and the spans: ids, names, counts and durations, and nothing that was said.</summary>
/// <param name="RequestId">Lambda's id of the invocation.</param>
/// <param name="Key">The name of the caller's key; null where everybody is let in.</param>
/// <param name="Status">The HTTP status that the client got.</param>
/// <param name="Reply">What was counted.</param>
/// <param name="Failure">Null for a whole reply.</param>
/// <param name="Usage">The tokens as the model server counted them; null where it did not say.</param>
/// <param name="End">When it ended, as the clock's timestamp.</param>
internal sealed record ReplyReport(string RequestId, string? Key, int Status, ReplyMeasurements Reply, ReplyFailure? Failure, TokenUsage? Usage, long End)
{
    public required TimeSpan Duration { get; init; }

    /// <summary>From the call to the first record; null where there was none, or the answer came in one piece.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Between two tokens after the first; null where the reply failed or too little of it was counted.</summary>
    public TimeSpan? TimePerOutputToken { get; init; }

    /// <summary>Bytes that the process allocated meanwhile.</summary>
    public long Allocated { get; init; }

    public string Outcome => Outcomes.NameOf(Failure?.Kind);

    public LogLevel Level => Outcomes.LevelOf(Failure);

    /// <summary>True where an operator may have to do something.</summary>
    public bool IsError => Level == LogLevel.Error;

    public int Retries => Math.Max(0, Reply.Attempts - 1);

    public static ReplyReport Create(HttpContext context, string? key, ReplyMeasurements reply, ReplyFailure? failure, TokenUsage? usage, TimeProvider timeProvider)
    {
        var end = timeProvider.GetTimestamp();
        TimeSpan? streamed = reply.First is { } first ? timeProvider.GetElapsedTime(first, end) : null;
        return new ReplyReport(context.TraceIdentifier, key, context.Response.StatusCode, reply, failure, usage, end)
        {
            Duration = timeProvider.GetElapsedTime(reply.Start, end),
            TimeToFirstToken = reply.First is { } sent ? timeProvider.GetElapsedTime(reply.Start, sent) : null,
            TimePerOutputToken = failure is null && usage is { Completion: > 1 } ? streamed / (usage.Completion - 1) : null,
            Allocated = GC.GetTotalAllocatedBytes() - reply.Allocated,
        };
    }
}
