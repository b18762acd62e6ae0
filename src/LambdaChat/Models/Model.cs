namespace LambdaChat.Models;

/// <summary>One model of the catalogue, checked.</summary>
/// <param name="Name">The public name that clients ask for.</param>
/// <param name="Endpoint">The SageMaker endpoint.</param>
/// <param name="InferenceComponent">The component on it, null where the endpoint has none.</param>
/// <param name="Variant">The production variant, null to leave the choice to SageMaker.</param>
/// <param name="Region">The endpoint's region.</param>
/// <param name="ServedName">The name that the model server knows the model by. Empty where it accepts any.</param>
internal sealed record Model(string Name, string Endpoint, string? InferenceComponent, string? Variant, string Region, string ServedName);
