namespace LambdaChat.Http;

/// <summary>Ends a request with an error response. <see cref="ErrorMiddleware"/> writes <see cref="Error"/>.</summary>
internal sealed class InvalidRequestException(OpenAIError error) : Exception(error.Message)
{
    public OpenAIError Error { get; } = error;
}
