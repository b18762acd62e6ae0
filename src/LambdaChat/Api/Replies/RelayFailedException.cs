using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>
/// A reply that failed after its status was sent. The server then aborts the response, on Lambda with error trailers.
/// </summary>
internal sealed class RelayFailedException(ReplyFailure failure) : Exception(failure.ToError().Message)
{
    public ReplyFailure Failure => failure;

    /// <summary>Throws if the end of the reply could not be written, or if its failure must abort the response.</summary>
    /// <exception cref="ErrorResponseException">The end could not be written, and the response has not started.</exception>
    public static void ThrowIfBroken(HttpResponse response, ReplyOutcome outcome, bool mustAbort)
    {
        if (outcome is { IsBroken: true, Failure: { } fault } && !response.HasStarted)
        {
            throw new ErrorResponseException(fault.ToError());
        }

        if (outcome.Failure is { } failure && (outcome.IsBroken || mustAbort))
        {
            throw new RelayFailedException(failure);
        }
    }
}
