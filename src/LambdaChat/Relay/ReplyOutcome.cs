using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay;

/// <summary>How a reply ended, after its client has been told.</summary>
/// <param name="Failure">Null for a complete reply.</param>
/// <param name="Usage">The usage that the model server reported; null if it reported none.</param>
internal sealed record ReplyOutcome(ReplyMeasurements Measurements, ReplyFailure? Failure, TokenUsage? Usage);
