namespace LambdaChat.Http;

/// <summary>Ends a request with an error response. <see cref="ErrorMiddleware"/> writes <see cref="Error"/>.</summary>
internal sealed class ErrorResponseException(ApiError error) : Exception(error.Message)
{
    public ApiError Error { get; } = error;
}
