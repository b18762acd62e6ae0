using LambdaChat.Failures;

namespace LambdaChat.Relay;

/// <summary>Decides which replies are requested again after they failed before their first chunk was sent.</summary>
internal static class RepeatRules
{
    /// <summary>True for a failure of the target: another target may give the reply.</summary>
    public static bool IsTargetFault(ReplyFailure failure) =>
        failure.IsServerFailure || failure.Kind is FailureKind.ModelAborted or FailureKind.StreamBroken or FailureKind.ConnectionLost;

    /// <summary>
    /// True for a failure after which a call without <c>stream</c> may succeed, or fail with a status: the server refused to stream, the
    /// stream ended or broke without a record (llama-cpp-python), or it began with an error without a status (litserve).
    /// </summary>
    /// <param name="records">The number of records before the failure.</param>
    public static bool MayWorkWithoutStream(ReplyFailure failure, int records) => records == 0 && failure.Kind switch
    {
        FailureKind.NoFinishReason or FailureKind.StreamBroken => true,
        FailureKind.ContainerError => failure.Container is not { Status: { } status } container
            || (Has(container, "stream") && (status < 500 || Has(container, "support") || Has(container, "implement"))),
        _ => false,
    };

    private static bool Has(ContainerError error, string word) => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase);
}
