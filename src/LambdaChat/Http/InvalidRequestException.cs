namespace LambdaChat.Http;

/// <summary>A request that the caller has to mend. It ends in <see cref="ErrorMiddleware"/>, which answers with <see cref="Error"/>.</summary>
internal sealed class InvalidRequestException(OpenAIError error) : Exception(error.Message)
{
    public InvalidRequestException(string member, string expectation)
        : this(OpenAIError.BadRequest($"`{member}` {expectation}.", member))
    {
    }

    public OpenAIError Error { get; } = error;
}
