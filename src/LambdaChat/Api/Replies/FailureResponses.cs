using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Api.Replies;

internal static class FailureResponses
{
    /// <summary>The one place where a failure becomes an answer.</summary>
    public static OpenAIError ToOpenAI(this ReplyFailure failure)
    {
        if (failure.Response is { } answer)
        {
            return answer;
        }

        var error = Map(failure);
        return error with
        {
            RetryAfter = failure.RetryAfter ?? DefaultRetryAfter(error.Status, failure.Kind),
            IsRetryUseless = failure.Kind is FailureKind.NoCredentials or FailureKind.AccessDenied or FailureKind.RoleDenied or FailureKind.InvalidTarget or FailureKind.ReplyTooLong or FailureKind.ReplyTooSlow or FailureKind.DeadlineExceeded
                || (failure.Kind == FailureKind.ContainerError && error.Status is >= 400 and < 500 and not 408 and not 409 and not 429),
        };
    }

    // What clients that obey it wait before they ask again. A cold endpoint takes minutes, but a short wait finds the end of them.
    private static TimeSpan? DefaultRetryAfter(int status, FailureKind error) => (status, error) switch
    {
        (_, FailureKind.Cold) => TimeSpan.FromSeconds(30),
        (429, _) => TimeSpan.FromSeconds(2),
        (503, _) => TimeSpan.FromSeconds(5),
        _ => null,
    };

    private static OpenAIError Map(ReplyFailure failure) => failure.Kind switch
    {
        FailureKind.Unreachable => OpenAIError.Server(502, "upstream_unreachable", "SageMaker could not be reached. Try again."),
        FailureKind.NoCredentials => OpenAIError.Server(502, "no_credentials", "The function has no AWS credentials: none are in its environment, and the AWS profile gives none."),
        FailureKind.AccessDenied => OpenAIError.Server(
            502, "upstream_access_denied", "SageMaker refused the function's credentials: its role needs sagemaker:InvokeEndpoint and sagemaker:InvokeEndpointWithResponseStream on this model's endpoint."),
        FailureKind.RoleDenied => OpenAIError.Server(
            502, "role_denied", "The function may not assume the role of this model's endpoint: the role has to trust the function's, which needs sts:AssumeRole on it."),
        FailureKind.InvalidTarget => OpenAIError.Server(
            502, "upstream_invalid_target", "SageMaker refused the call: this model's endpoint, inference component or variant does not exist or does not fit. Check the model's configuration."),
        FailureKind.Throttled => new OpenAIError(429, "rate_limit_error", "rate_limit_exceeded", "The model's endpoint has too many requests. Try again later."),
        FailureKind.Unavailable => OpenAIError.Server(503, "upstream_unavailable", "The model's endpoint has no room or is not ready. Try again later."),
        FailureKind.Cold => OpenAIError.Server(503, "model_is_starting", "The model is scaled to zero and starting now, which takes some minutes. Try again then."),
        FailureKind.SageMakerFailure => OpenAIError.Server(502, "upstream_failure", "SageMaker failed. Try again."),
        FailureKind.ContainerError => OfContainer(failure.Container),
        FailureKind.ModelTimeout => OpenAIError.Server(504, "upstream_timeout", "The model took longer than SageMaker allows."),
        FailureKind.StreamBroken => OpenAIError.Server(502, "upstream_stream_broken", "The model's reply broke off."),
        FailureKind.CorruptStream => OpenAIError.Server(502, "upstream_stream_corrupt", "The model's reply arrived damaged."),
        FailureKind.RecordTooLong => OpenAIError.Server(502, "upstream_event_too_long", "One event of the model's reply is longer than 1 MiB."),
        FailureKind.ConnectionLost => OpenAIError.Server(502, "upstream_connection_lost", "The connection to the model was lost."),
        FailureKind.NoFinishReason => OpenAIError.Server(502, "upstream_reply_incomplete", "The model's reply ended without a finish reason and may be incomplete."),
        FailureKind.ReplyTooLong => OpenAIError.Server(502, "reply_too_long", "The reply is too long to be sent in one piece. Ask for it with `stream`: true."),
        FailureKind.ModelSilent => OpenAIError.Server(504, "model_silent", "The model was silent for too long."),
        FailureKind.ReplyTooSlow => OpenAIError.Server(504, "reply_too_slow", "The reply took longer than this model may."),
        FailureKind.LimitReached => new OpenAIError(429, "requests", "rate_limit_exceeded", "This key has spent what it may."),
        FailureKind.LimitsUnknown => OpenAIError.Server(503, "limits_unavailable", "Whether this key may spend more could not be found out. Try again."),
        FailureKind.DeadlineExceeded => OpenAIError.Server(504, "deadline_exceeded", "The time for this reply is over."),
        FailureKind.ClientGone => OpenAIError.Server(499, "client_closed_request", "The client closed the connection."),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Kind, "A failure without an answer."),
    };

    private static OpenAIError OfContainer(ContainerError? container)
    {
        var status = container?.Status is >= 400 and <= 599 ? container.Status.Value : 502;
        if (container is not null && ContextLength.IsExceeded(container.Message))
        {
            return new OpenAIError(status, "invalid_request_error", "context_length_exceeded", container.Message, container.Param ?? "messages");
        }

        var type = container?.Type ?? (status < 500 ? "invalid_request_error" : "server_error");
        return new OpenAIError(status, type, container?.Code ?? "model_error", container?.Message ?? "The model failed.", container?.Param);
    }
}
