namespace LambdaChat.Errors;

internal static class RelayFailureExtensions
{
    /// <summary>The one place where a failure becomes an answer.</summary>
    public static OpenAIError ToOpenAI(this RelayFailure failure) => failure.Error switch
    {
        RelayError.Unreachable => OpenAIError.Server(502, "upstream_unreachable", "SageMaker could not be reached. Try again."),
        RelayError.AccessDenied => OpenAIError.Server(
            502, "upstream_access_denied", "SageMaker refused the function's credentials: its role needs sagemaker:InvokeEndpoint and sagemaker:InvokeEndpointWithResponseStream on this model's endpoint."),
        RelayError.InvalidTarget => OpenAIError.Server(
            502, "upstream_invalid_target", "SageMaker refused the call: this model's endpoint, inference component or variant does not exist or does not fit. Check the model's configuration."),
        RelayError.Throttled => new OpenAIError(429, "rate_limit_error", "rate_limit_exceeded", "The model's endpoint has too many requests. Try again later."),
        RelayError.Unavailable => OpenAIError.Server(503, "upstream_unavailable", "The model's endpoint has no room or is not ready. Try again later."),
        RelayError.SageMakerFailure => OpenAIError.Server(502, "upstream_failure", "SageMaker failed. Try again."),
        RelayError.ContainerError => OfContainer(failure.Container),
        RelayError.ModelTimeout => OpenAIError.Server(504, "upstream_timeout", "The model took longer than SageMaker allows."),
        RelayError.StreamBroken => OpenAIError.Server(502, "upstream_stream_broken", "The model's reply broke off."),
        RelayError.CorruptStream => OpenAIError.Server(502, "upstream_stream_corrupt", "The model's reply arrived damaged."),
        RelayError.ConnectionLost => OpenAIError.Server(502, "upstream_connection_lost", "The connection to the model was lost."),
        RelayError.NoFinishReason => OpenAIError.Server(502, "upstream_reply_incomplete", "The model's reply ended without a finish reason and may be incomplete."),
        RelayError.ReplyTooLong => OpenAIError.Server(502, "reply_too_long", "The reply is too long to be sent in one piece. Ask for it with `stream`: true."),
        RelayError.DeadlineExceeded => OpenAIError.Server(504, "deadline_exceeded", "The time for this reply is over."),
        RelayError.ClientGone => OpenAIError.Server(499, "client_closed_request", "The client closed the connection."),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Error, "A failure without an answer."),
    };

    private static OpenAIError OfContainer(ContainerError? container)
    {
        var status = container?.Status is >= 400 and <= 599 ? container.Status.Value : 502;
        var type = container?.Type ?? (status < 500 ? "invalid_request_error" : "server_error");
        return new OpenAIError(status, type, container?.Code ?? "model_error", container?.Message ?? "The model failed.", container?.Param);
    }
}
