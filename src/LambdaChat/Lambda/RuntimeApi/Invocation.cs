namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>One invocation as <c>invocation/next</c> hands it over.</summary>
/// <param name="RequestId">Lambda's id of the invocation.</param>
/// <param name="Deadline">When Lambda ends the invocation; null where it does not say.</param>
/// <param name="TraceId">The X-Ray trace header, null where tracing is off.</param>
/// <param name="Event">The event's JSON; valid until the next invocation is asked for.</param>
internal sealed record Invocation(string RequestId, DateTimeOffset? Deadline, string? TraceId, ReadOnlyMemory<byte> Event);
