namespace LambdaChat.Models;

/// <summary>One place where a model runs.</summary>
/// <param name="Endpoint">The SageMaker endpoint.</param>
/// <param name="InferenceComponent">The component on it, null where the endpoint has none.</param>
/// <param name="Variant">The production variant, null to leave the choice to SageMaker.</param>
/// <param name="Region">The endpoint's region.</param>
/// <param name="RoleArn">The role to assume for it, where it is another account's; null to call it as the function.</param>
internal sealed record Target(string Endpoint, string? InferenceComponent, string? Variant, string Region, string? RoleArn = null);
