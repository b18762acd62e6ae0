using LambdaChat.Configuration;
using LambdaChat.Http;

namespace LambdaChat.Api.Requests;

/// <summary>Limits of a request body.</summary>
/// <param name="Bytes">Bytes of the body.</param>
/// <param name="Messages">Messages of a chat.</param>
/// <param name="TextBytes">Bytes of one string, as JSON.</param>
internal sealed record RequestLimits(int Bytes, int Messages, int TextBytes)
{
    /// <summary>
    /// SageMaker's limit in bytes. Source:
    /// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
    /// </summary>
    public const int MaximumBytes = 6_291_456;

    /// <summary>The most choices of a reply, of all prompts together. Source: OpenAI's maximum of <c>n</c>.</summary>
    public const int MaximumChoices = 128;

    private const int DefaultMessages = 10_000;

    public static RequestLimits Default { get; } = new(MaximumBytes, DefaultMessages, MaximumBytes);

    /// <summary>Reads <c>MAX_REQUEST_BYTES</c>, <c>MAX_MESSAGES</c> and <c>MAX_TEXT_BYTES</c>.</summary>
    /// <exception cref="ConfigurationException">A value is not a number, or larger than SageMaker accepts.</exception>
    public static RequestLimits Read(IConfiguration configuration) => new(
        configuration.GetCount("MAX_REQUEST_BYTES", Default.Bytes, 1, MaximumBytes),
        configuration.GetCount("MAX_MESSAGES", Default.Messages, 1, MaximumBytes),
        configuration.GetCount("MAX_TEXT_BYTES", Default.TextBytes, 1, MaximumBytes));

    /// <summary>Requires that a part of a translated request has a length that SageMaker accepts.</summary>
    /// <exception cref="ErrorResponseException">It is longer.</exception>
    public static void Require(int length)
    {
        if (length > MaximumBytes)
        {
            throw new ErrorResponseException(TooLarge(MaximumBytes));
        }
    }

    /// <summary>413: the body is too long.</summary>
    /// <param name="maximum">The maximum length of a body in bytes.</param>
    public static ApiError TooLarge(int maximum) =>
        ApiError.Refused(StatusCodes.Status413PayloadTooLarge, "request_too_large",
            $"The request body is too large: the maximum is {maximum} bytes.");
}
