using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay;

/// <summary>How a reply ended. It is created after the end was sent to the client.</summary>
/// <param name="Failure">Null for a complete reply.</param>
/// <param name="Usage">The usage that the model server reported; null if it reported none.</param>
internal sealed record ReplyOutcome(ReplyMeasurements Measurements, ReplyFailure? Failure, TokenUsage? Usage)
{
    /// <summary>True if the end could not be written: the response has no end yet.</summary>
    public bool IsBroken { get; init; }
}
