namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>One invocation, as <c>invocation/next</c> returns it.</summary>
/// <param name="RequestId">Lambda's request id.</param>
/// <param name="Deadline">The time at which Lambda ends the invocation. Null if Lambda does not send it.</param>
/// <param name="TraceId">The X-Ray trace header. Null if Lambda does not trace the invocation.</param>
/// <param name="Event">The event's JSON. Valid until the next call of <c>invocation/next</c>.</param>
internal sealed record Invocation(string RequestId, DateTimeOffset? Deadline, string? TraceId, ReadOnlyMemory<byte> Event);
