using LambdaChat.Failures;

namespace LambdaChat.Relay.Continuations;

/// <summary>Decides after which failures another call continues a reply.</summary>
internal static class ContinuableFailures
{
    /// <summary>True for a failure of the endpoint or the connection to it, and not of the request, the client or the function.</summary>
    public static bool Contains(ReplyFailure failure) => failure.IsServerFailure
        || failure.Kind is FailureKind.StreamBroken or FailureKind.ConnectionLost or FailureKind.CorruptStream
            or FailureKind.SageMakerFailure or FailureKind.NoFinishReason or FailureKind.ModelAborted or FailureKind.ModelSilent
            or FailureKind.ModelTimeout;

    /// <summary>True if the same target may continue: only the connection failed, or SageMaker's time limit of a stream passed.</summary>
    public static bool MayBeSameTarget(ReplyFailure failure) => failure.Kind is FailureKind.ConnectionLost or FailureKind.ModelTimeout;
}
