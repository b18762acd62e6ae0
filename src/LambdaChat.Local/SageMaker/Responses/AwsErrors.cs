namespace LambdaChat.Local.SageMaker.Responses;

/// <summary>The errors that SageMaker returns before it calls the container, by the name that <c>stand_in.fault.kind</c> takes.</summary>
internal static class AwsErrors
{
    private static readonly Dictionary<string, AwsError> Errors = new()
    {
        ["validation_error"] = new AwsError(400, "ValidationError", "Endpoint demo of account 111122223333 not found."),
        ["no_capacity"] = new AwsError(
            400,
            "ValidationError",
            "Inference Component has no capacity to process this request. " +
            "ApplicationAutoScaling may be in-progress (if configured) " +
            "or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."),
        ["component_required"] = new AwsError(
            400,
            "ValidationError",
            "Inference Component Name header is required for endpoints to which you plan to deploy inference components."),
        ["internal_failure"] = new AwsError(500, "InternalFailure", "An internal failure occurred."),
        ["service_unavailable"] = new AwsError(503, "ServiceUnavailable", "The service is unavailable. Try your call again."),
        ["model_not_ready"] = new AwsError(429, "ModelNotReadyException", "The model is not ready."),
        ["internal_dependency"] = new AwsError(530, "InternalDependencyException", "A dependency failed."),
        ["throttling"] = new AwsError(400, "ThrottlingException", "Rate exceeded"),
        ["access_denied"] = new AwsError(
            403,
            "AccessDeniedException",
            "User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: sagemaker:InvokeEndpoint " +
            "on resource: arn:aws:sagemaker:us-east-1:111122223333:endpoint/demo"),
    };

    public static IReadOnlyCollection<string> Names => Errors.Keys;

    public static AwsError? Find(string name) => Errors.GetValueOrDefault(name);
}
