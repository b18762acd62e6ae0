using LambdaChat.Failures;

namespace LambdaChat.Api.Replies;

/// <summary>A reply that failed and whose client knows it: thrown where the server is to tell of it too, by its error trailers.</summary>
internal sealed class RelayFailedException(ReplyFailure failure) : Exception(failure.ToOpenAI().Message);
