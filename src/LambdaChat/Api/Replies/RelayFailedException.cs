using LambdaChat.Failures;

namespace LambdaChat.Api.Replies;

/// <summary>
/// A reply that failed after its status was sent. The server then aborts the response, on Lambda with error trailers.
/// </summary>
internal sealed class RelayFailedException(ReplyFailure failure) : Exception(failure.ToOpenAI().Message)
{
    public ReplyFailure Failure => failure;
}
