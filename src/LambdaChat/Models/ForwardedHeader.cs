namespace LambdaChat.Models;

/// <summary>
/// A header by which a client may say something to SageMaker, where its model is configured so. Source, limits too:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
/// </summary>
/// <param name="Name">As SageMaker knows it.</param>
/// <param name="MaximumLength">In characters, which must be visible ASCII.</param>
internal sealed record ForwardedHeader(string Name, int MaximumLength)
{
    public const string CustomAttributes = "X-Amzn-SageMaker-Custom-Attributes";

    /// <summary>All that can be forwarded. The inference component is the model's own, and nobody else's to name.</summary>
    public static IReadOnlyList<ForwardedHeader> All { get; } =
    [
        new(CustomAttributes, 1024),
        new("X-Amzn-SageMaker-Session-Id", 256),
        new("X-Amzn-SageMaker-Inference-Id", 64),
        new("X-Amzn-SageMaker-Target-Variant", 63),
        new("X-Amzn-SageMaker-Target-Container-Hostname", 63),
    ];
}
