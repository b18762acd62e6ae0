namespace LambdaChat.Local.SageMaker;

/// <summary>A failure that a request asks the stand-in for, in the member <c>stand_in.fault</c> of its body.</summary>
/// <param name="Kind">Its name: one of those in <see cref="Answer"/>, <see cref="Refusal"/>, <see cref="SseReply"/> and <see cref="EventStreamFraming"/>.</param>
/// <param name="After">How many events are sent before it.</param>
/// <param name="MidEvent">True to send half of the next event before it.</param>
/// <param name="Status">The container's status, for <c>model_error</c>.</param>
/// <param name="Message">The container's own words, for <c>model_error</c> and <c>container_error</c>.</param>
internal sealed record Fault(string Kind, int After, bool MidEvent, int Status, string Message)
{
    private const string ModelError = "model_error";
    private const string Refused = """{"error":{"message":"The container refused the request.","type":"BadRequestError","param":null,"code":400}}""";

    private static readonly Dictionary<string, AwsError> Answers = new()
    {
        ["validation_error"] = new AwsError(400, "ValidationError", "Endpoint demo of account 111122223333 not found."),
        ["no_capacity"] = new AwsError(
            400, "ValidationError", "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."),
        ["component_required"] = new AwsError(400, "ValidationError", "Inference Component Name header is required for endpoints to which you plan to deploy inference components."),
        ["internal_failure"] = new AwsError(500, "InternalFailure", "An internal failure occurred."),
        ["service_unavailable"] = new AwsError(503, "ServiceUnavailable", "The service is unavailable. Try your call again."),
        ["model_not_ready"] = new AwsError(429, "ModelNotReadyException", "The model is not ready."),
        ["internal_dependency"] = new AwsError(530, "InternalDependencyException", "A dependency failed."),
        ["throttling"] = new AwsError(400, "ThrottlingException", "Rate exceeded"),
        ["access_denied"] = new AwsError(
            403, "AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:111122223333:endpoint/demo"),
    };

    private static IEnumerable<string> Kinds => [ModelError, .. Answers.Keys, .. SseReply.Faults, .. EventStreamFraming.Faults];

    /// <exception cref="RefusedRequestException">There is no such fault, or a member has another type.</exception>
    public static Fault Parse(JsonFields fault)
    {
        var kind = fault.Text("kind");
        return kind is not null && Kinds.Contains(kind)
            ? new Fault(
                kind,
                fault.Number("after", minimum: 0) ?? 0,
                fault.Flag("mid_event"),
                fault.Number("status", minimum: 400, maximum: 599) ?? 400,
                fault.Text("message") ?? Refused)
            {
                Endpoint = fault.Text("endpoint"),
                Times = fault.Number("times", minimum: 0),
                RetryAfter = fault.Number("retry_after", minimum: 0),
            }
            : throw fault.Wrong("kind", $"must be one of {string.Join(", ", Kinds)}");
    }

    /// <summary>The one endpoint that fails; null where each one does.</summary>
    public string? Endpoint { get; init; }

    /// <summary>How many calls with the same <c>user</c> fail; null where all do.</summary>
    public int? Times { get; init; }

    /// <summary>The seconds in the answer's <c>Retry-After</c>; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The container's answer in place of a reply; null where the container does not refuse.</summary>
    public ContainerReply? Refusal => Kind is ModelError ? ContainerReply.Whole(Status, "application/json", Message) : null;

    /// <summary>SageMaker's answer in place of the container's; null where the container is reached.</summary>
    public AwsError? Answer => Answers.GetValueOrDefault(Kind);
}
