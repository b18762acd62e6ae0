namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>One invocation, as <c>invocation/next</c> returns it.</summary>
/// <param name="RequestId">Lambda's request id.</param>
/// <param name="InvocationId">
/// The value of <c>Lambda-Runtime-Invocation-Id</c>, which Managed Instances send and expect back. Null otherwise.
/// </param>
/// <param name="Deadline">The time at which Lambda ends the invocation. Null if Lambda does not send it.</param>
/// <param name="TraceId">The X-Ray trace header. Null if Lambda does not trace the invocation.</param>
/// <param name="Event">The event's JSON. Valid until the next call of <c>invocation/next</c>.</param>
internal sealed record Invocation(
    string RequestId,
    string? InvocationId,
    DateTimeOffset? Deadline,
    string? TraceId,
    ReadOnlyMemory<byte> Event);
