using LambdaChat.Configuration;

namespace LambdaChat.Api.Requests;

/// <summary>What a request's body may hold.</summary>
/// <param name="Bytes">Bytes of the whole body.</param>
/// <param name="Messages">Messages of a chat.</param>
/// <param name="TextBytes">Bytes of one text, as it stands in the body.</param>
internal sealed record RequestLimits(int Bytes, int Messages, int TextBytes)
{
    /// <summary>
    /// SageMaker's limit in bytes. Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
    /// </summary>
    public const int MaximumBytes = 6_291_456;

    private const int DefaultMessages = 10_000;

    public static RequestLimits Default { get; } = new(MaximumBytes, DefaultMessages, MaximumBytes);

    /// <summary>Reads <c>MAX_REQUEST_BYTES</c>, <c>MAX_MESSAGES</c> and <c>MAX_TEXT_BYTES</c>.</summary>
    /// <exception cref="ConfigurationException">One is no number, or more than SageMaker takes.</exception>
    public static RequestLimits Read(IConfiguration configuration) => new(
        configuration.GetCount("MAX_REQUEST_BYTES", Default.Bytes, 1, MaximumBytes),
        configuration.GetCount("MAX_MESSAGES", Default.Messages, 1, MaximumBytes),
        configuration.GetCount("MAX_TEXT_BYTES", Default.TextBytes, 1, MaximumBytes));
}
