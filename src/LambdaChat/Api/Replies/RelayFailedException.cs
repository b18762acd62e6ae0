using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>
/// A reply that failed after its status was sent. The server then aborts the response, on Lambda with error trailers.
/// </summary>
internal sealed class RelayFailedException(ReplyFailure failure) : Exception(failure.ToOpenAI().Message)
{
    public ReplyFailure Failure => failure;

    /// <summary>Throws if the end of the reply could not be written, or if its failure must abort the response.</summary>
    /// <exception cref="InvalidRequestException">The end could not be written, and the response has not started.</exception>
    public static void ThrowIfBroken(HttpResponse response, ReplyOutcome outcome, bool mustBreakOff)
    {
        if (outcome is { IsBroken: true, Failure: { } fault } && !response.HasStarted)
        {
            throw new InvalidRequestException(fault.ToOpenAI());
        }

        if (outcome.Failure is { } failure && (outcome.IsBroken || mustBreakOff))
        {
            throw new RelayFailedException(failure);
        }
    }
}
