using LambdaChat.Failures;

namespace LambdaChat.Telemetry.Reports;

/// <summary>
/// One reply after its end, for the log line, the metrics and the spans. It has ids, names, counts and durations only, never text of a
/// prompt or a completion.
/// </summary>
internal sealed record ReplyReport
{
    /// <summary>On Lambda the id of the invocation.</summary>
    public required string RequestId { get; init; }

    /// <summary>The name of the caller's key; null for anonymous access.</summary>
    public string? Key { get; init; }

    public required string Model { get; init; }

    /// <summary>The operation as <c>gen_ai.operation.name</c> has it.</summary>
    public required string Operation { get; init; }

    /// <summary>The index of the target that was called last.</summary>
    public int Target { get; init; }

    /// <summary>True if the model has more than one target.</summary>
    public bool HasSeveralTargets { get; init; }

    /// <summary>The HTTP status of the response.</summary>
    public required int Status { get; init; }

    /// <summary>Null for a complete reply.</summary>
    public ReplyFailure? Failure { get; init; }

    /// <summary>The decision of the limits table; null if it was not asked.</summary>
    public string? LimitsDecision { get; init; }

    /// <summary>True if the reply is stored, false if the store failed; null if it was not to be stored.</summary>
    public bool? IsStored { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>From the call of the model to the end of the reply.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>From the call of the model to SageMaker's response; null if there was none.</summary>
    public TimeSpan? TimeToResponse { get; init; }

    /// <summary>From the call of the model to the first record; null if there was none, or if the reply was not streamed.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Average time between two tokens after the first; null if the reply failed or has no second token.</summary>
    public TimeSpan? TimePerOutputToken { get; init; }

    /// <summary>Tokens of the prompt as the model server reported them; null if it reported none.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of the completion. Null exactly if <see cref="InputTokens"/> is null.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Tokens of the prompt that the model server took from its cache; null if it reported none.</summary>
    public long? CachedTokens { get; init; }

    public int Attempts { get; init; }

    /// <summary>True if the reply waited for an endpoint scaled to zero.</summary>
    public bool HasWaitedCold { get; init; }

    /// <summary>The number of records before each call that continued the reply; null if none did.</summary>
    public IReadOnlyList<int>? ContinuedAfter { get; init; }

    public int Continuations => ContinuedAfter?.Count ?? 0;

    /// <summary>Records relayed.</summary>
    public int Events { get; init; }

    /// <summary>Payloads received from SageMaker.</summary>
    public int Payloads { get; init; }

    /// <summary>Payloads that began inside a record.</summary>
    public int SplitRecords { get; init; }

    public int Heartbeats { get; init; }

    /// <summary>Bytes of the response body, without an error that replaces it.</summary>
    public long SentBytes { get; init; }

    /// <summary>The maximum number of bytes that were written and not yet flushed.</summary>
    public long MaxUnflushedBytes { get; init; }

    /// <summary>Bytes that the process allocated meanwhile; null if it can serve several requests at a time.</summary>
    public long? Allocated { get; init; }

    /// <summary>Tool calls whose arguments are not complete JSON.</summary>
    public int IncompleteToolCalls { get; init; }

    public string Outcome => Outcomes.NameOf(Failure?.Kind);

    public LogLevel Level => Outcomes.LevelOf(Failure);

    /// <summary>True if an operator may have to act.</summary>
    public bool IsError => Level == LogLevel.Error;

    public int Retries => Math.Max(0, Attempts - 1);
}
