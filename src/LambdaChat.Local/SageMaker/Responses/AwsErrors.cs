namespace LambdaChat.Local.SageMaker.Responses;

/// <summary>SageMaker's errors without a response of the container, by the name that <c>stand_in.fault.kind</c> takes.</summary>
internal static class AwsErrors
{
    /// <summary>The container does not accept connections, or closed its connection before its response was complete.</summary>
    public static AwsError NoResponse { get; } = AwsError.FromContainer(
        0,
        "Amazon SageMaker could not get a response from the demo endpoint. This can occur when CPU or memory utilization is high. " +
        "To check your utilization, see Amazon CloudWatch. To fix this problem, use an instance type with more CPU capacity or memory.");

    /// <summary>The container has not responded within the time limit.</summary>
    public static AwsError Timeout { get; } = AwsError.FromContainer(
        0,
        "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container " +
        "in Amazon CloudWatch, resolve the issue, and try again.");

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
        ["no_response"] = NoResponse,
        ["response_timeout"] = Timeout,
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
