namespace LambdaChat.Models;

/// <summary>
/// A request header that SageMaker reads and that a model may accept from clients. Source, also of the limits:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
/// </summary>
/// <param name="Name">SageMaker's name.</param>
/// <param name="MaximumLength">In characters, which must be visible ASCII.</param>
internal sealed record ForwardedHeader(string Name, int MaximumLength)
{
    public const string CustomAttributes = "X-Amzn-SageMaker-Custom-Attributes";

    /// <summary>The hint of <c>PREFIX_AWARE</c> routing: calls with the same prefix and id reach the same instance.</summary>
    public const string PrefixAwareId = "X-Amzn-SageMaker-Prefix-Aware-Id";

    /// <summary>
    /// All headers that can be forwarded. The inference component is not among them, because the model's configuration sets it.
    /// </summary>
    public static IReadOnlyList<ForwardedHeader> All { get; } =
    [
        new(CustomAttributes, 1024),
        new("X-Amzn-SageMaker-Session-Id", 256),
        new("X-Amzn-SageMaker-Inference-Id", 64),
        new("X-Amzn-SageMaker-Target-Variant", 63),
        new("X-Amzn-SageMaker-Target-Container-Hostname", 63),
        new(PrefixAwareId, 64),
    ];

    public static string[] Names { get; } = [.. All.Select(header => header.Name)];
}
