namespace LambdaChat.Errors;

/// <summary>A request that the caller has to mend. It ends in <see cref="ErrorMiddleware"/>, which answers with <see cref="Error"/>.</summary>
internal sealed class RequestFaultException(OpenAIError error) : Exception(error.Message)
{
    public RequestFaultException(string member, string expectation)
        : this(OpenAIError.BadRequest($"`{member}` {expectation}.", member))
    {
    }

    public OpenAIError Error { get; } = error;
}
