namespace LambdaChat.Models;

/// <summary>A place where a model runs.</summary>
/// <param name="Endpoint">The name of the SageMaker endpoint.</param>
/// <param name="InferenceComponent">The inference component on the endpoint; null if the endpoint has none.</param>
/// <param name="Variant">The production variant; null to let SageMaker choose.</param>
/// <param name="Region">The endpoint's region.</param>
/// <param name="RoleArn">The role to assume for an endpoint of another account; null to call it with the function's own role.</param>
internal sealed record Target(string Endpoint, string? InferenceComponent, string? Variant, string Region, string? RoleArn = null)
{
    /// <summary>How the target continues a reply that broke off at another one.</summary>
    public TargetContinuation Continuation { get; init; }
}
