namespace LambdaChat.FunctionalTests.Faults;

/// <summary>The error that a client receives: an HTTP status with an error body, or an error event in the stream.</summary>
internal sealed record UpstreamError(int Status, string Code, string Message, string Type = "server_error")
{
    public static UpstreamError InvalidTarget { get; } = new(
        502, "upstream_invalid_target",
            "SageMaker rejected the call: this model's endpoint, inference component or variant does not exist or does not match. Check " +
                "the model's configuration.");

    public static UpstreamError AccessDenied { get; } = new(
        502, "upstream_access_denied",
            "SageMaker denied access: the function's role needs sagemaker:InvokeEndpoint and sagemaker:InvokeEndpointWithResponseStream " +
                "on this model's endpoint.");

    public static UpstreamError Starting { get; } = new(
        503, "model_is_starting", "The model is scaled to zero and is starting, which takes several minutes. Try again later.");

    public static UpstreamError Throttled { get; } = new(
        429, "rate_limit_exceeded", "Rate limit reached for the model endpoint. Try again later.", "rate_limit_error");

    public static UpstreamError Unavailable { get; } = new(
        503, "upstream_unavailable", "The model endpoint is at capacity or not ready. Try again later.");

    public static UpstreamError SageMakerFailure { get; } = new(
        502, "upstream_failure", "SageMaker returned an internal error. Try again.");

    public static UpstreamError Unreachable { get; } = new(502, "upstream_unreachable", "SageMaker could not be reached. Try again.");

    public static UpstreamError StreamBroken { get; } = new(
        502, "upstream_stream_broken", "The model server closed the connection before the reply was complete.");

    public static UpstreamError Timeout { get; } = new(504, "upstream_timeout", "The model did not respond within SageMaker's time limit.");

    public static UpstreamError Corrupt { get; } = new(502, "upstream_stream_corrupt", "The model server sent a malformed reply.");

    public static UpstreamError ConnectionLost { get; } = new(
        502, "upstream_connection_lost", "The connection to SageMaker was lost before the reply was complete.");

    public static UpstreamError Incomplete { get; } = new(
        424, "upstream_reply_incomplete", "The model's reply ended without a finish reason and may be incomplete.");

    public static UpstreamError Aborted { get; } = new(502, "upstream_reply_aborted", "The model server aborted the reply.");

    public static UpstreamError Draining { get; } = new(
        503, "upstream_unavailable",
            "The engine is currently busy and cannot accept new requests. Please try again later or on a different instance.");

    public static UpstreamError Silent { get; } = new(504, "model_silent", "The model sent nothing for longer than its idle timeout.");

    /// <summary>The body of an error response, or the data of an error event.</summary>
    public string Body => $$$"""{"error":{"message":"{{{Message}}}","type":"{{{Type}}}","param":null,"code":"{{{Code}}}"}}""";

    /// <summary>The error of the container.</summary>
    public static UpstreamError OfContainer(int status, string type = "BadRequestError") =>
        new(status, "model_error", "The container refused the request.", type);
}
