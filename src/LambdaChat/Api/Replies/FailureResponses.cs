using LambdaChat.Api.Replies.Errors;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Api.Replies;

internal static class FailureResponses
{
    /// <summary>Maps a failure to the error that a client receives.</summary>
    public static ApiError ToError(this ReplyFailure failure)
    {
        if (failure.Response is { } response)
        {
            return response;
        }

        var error = Map(failure);
        return error with
        {
            RetryAfter = failure.RetryAfter ?? DefaultRetryAfter(error.Status, failure.Kind),
            IsRetryUseless = failure.Kind is FailureKind.NoCredentials or FailureKind.CredentialsInvalid or FailureKind.AccessDenied
                or FailureKind.RoleDenied or FailureKind.InvalidTarget or FailureKind.ReplyTooLong or FailureKind.NoFinishReason
                or FailureKind.WrongTask
                or FailureKind.ReplyTooSlow or FailureKind.DeadlineExceeded
                || (failure.Kind == FailureKind.ContainerError && error.Status is >= 400 and < 500 and not 408 and not 409 and not 429),
        };
    }

    // A cold endpoint takes minutes to start. With a short wait, clients retry soon after it is in service.
    private static TimeSpan? DefaultRetryAfter(int status, FailureKind error) => (status, error) switch
    {
        (_, FailureKind.Cold) => TimeSpan.FromSeconds(30),
        (429, _) => TimeSpan.FromSeconds(2),
        (503, _) => TimeSpan.FromSeconds(5),
        _ => null,
    };

    private static ApiError Map(ReplyFailure failure) => failure.Kind switch
    {
        FailureKind.Unreachable => ApiError.Server(502, "upstream_unreachable", "SageMaker could not be reached. Try again."),
        FailureKind.NoCredentials =>
            ApiError.Server(502, "no_credentials",
                "The function has no AWS credentials: neither its environment nor an AWS profile provides any."),
        FailureKind.CredentialsExpired =>
            ApiError.Server(502, "upstream_credentials_expired",
                "The function's AWS credentials have expired. Try again after they are renewed."),
        FailureKind.CredentialsInvalid => ApiError.Server(
            502, "upstream_credentials_invalid",
                "AWS rejected the function's credentials: the access key is unknown or the signature does not match. Check the " +
                    "credentials and the clock."),
        FailureKind.AccessDenied => ApiError.Server(
            502, "upstream_access_denied",
                "SageMaker denied access: the function's role needs sagemaker:InvokeEndpoint and " +
                    "sagemaker:InvokeEndpointWithResponseStream on this model's endpoint."),
        FailureKind.RoleDenied => ApiError.Server(
            502, "role_denied",
                "The function cannot assume the role of this model's endpoint: the role must trust the function's role, which needs " +
                    "sts:AssumeRole on it."),
        FailureKind.InvalidTarget => ApiError.Server(
            502, "upstream_invalid_target",
                "SageMaker rejected the call: this model's endpoint, inference component or variant does not exist or does not match. " +
                    "Check the model's configuration."),
        FailureKind.Throttled =>
            new ApiError(429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached for the model endpoint. Try again later."),
        FailureKind.Unavailable =>
            ApiError.Server(503, "upstream_unavailable", "The model endpoint is at capacity or not ready. Try again later."),
        FailureKind.Cold =>
            ApiError.Server(503, "model_is_starting",
                "The model is scaled to zero and is starting, which takes several minutes. Try again later."),
        FailureKind.SageMakerFailure => ApiError.Server(502, "upstream_failure", "SageMaker returned an internal error. Try again."),
        FailureKind.ContainerError => OfContainer(failure.Container),
        FailureKind.ModelTimeout => ApiError.Server(504, "upstream_timeout", "The model did not respond within SageMaker's time limit."),
        FailureKind.StreamBroken =>
            ApiError.Server(502, "upstream_stream_broken", "The model server closed the connection before the reply was complete."),
        FailureKind.CorruptStream => ApiError.Server(502, "upstream_stream_corrupt", "The model server sent a malformed reply."),
        FailureKind.RecordTooLong =>
            ApiError.Server(502, "upstream_event_too_long",
                "A record of the model's reply is too long. The maximum is 1 MiB for an event and 32 MiB for a JSON line or document."),
        FailureKind.ConnectionLost =>
            ApiError.Server(502, "upstream_connection_lost", "The connection to SageMaker was lost before the reply was complete."),
        // SageMaker's status for a model that failed. Many clients repeat a call after every 5xx, which does not help here.
        FailureKind.NoFinishReason =>
            ApiError.Server(424, "upstream_reply_incomplete", "The model's reply ended without a finish reason and may be incomplete."),
        FailureKind.ModelAborted => ApiError.Server(502, "upstream_reply_aborted", "The model server aborted the reply."),
        FailureKind.WrongTask => ApiError.Server(
            502, "upstream_wrong_task",
                "The model server answered with the reply of another task. Chats and completions need a model that generates text; " +
                    "embeddings, rerank and score need a pooling model. Check the model's endpoint and `tasks`."),
        FailureKind.Internal => ApiError.Internal,
        FailureKind.ReplyTooLong =>
            ApiError.Server(502, "reply_too_long",
                "The reply is too long for this response. A streaming chat completion can be longer."),
        FailureKind.ServerOverloaded =>
            ApiError.Server(503, "server_overloaded", "The server is overloaded with large replies. Try again."),
        FailureKind.ModelSilent => ApiError.Server(504, "model_silent", "The model sent nothing for longer than its idle timeout."),
        FailureKind.ReplyTooSlow => ApiError.Server(504, "reply_too_slow", "The reply took longer than the model's time limit."),
        FailureKind.LimitReached => new ApiError(429, "requests", "rate_limit_exceeded", "Rate limit exceeded for this key."),
        FailureKind.LimitsUnknown =>
            ApiError.Server(503, "limits_unavailable", "The usage of this key could not be checked. Try again."),
        FailureKind.DeadlineExceeded => ApiError.DeadlineExceeded,
        FailureKind.Cancelled => ApiError.Refused(409, "reply_cancelled", "The reply was cancelled."),
        FailureKind.ReplyLost =>
            ApiError.Server(502, "reply_lost", "The function ended before the reply was complete. Send the request again."),
        FailureKind.ClientGone => ApiError.Server(499, "client_closed_request", "The client closed the connection."),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure.Kind, "The failure has no response."),
    };

    // OpenAI's names for 429 and 5xx, on which clients decide whether to retry. Servers send the names of Python classes; the log has them.
    private static ApiError OfContainer(ContainerError? container)
    {
        var (message, param) = (container?.Message ?? ErrorText.Fallback, container?.Param);
        var isTooLong = container?.Code == ContextLength.Code;
        var forAnthropic = ClientWording.ForAnthropic(message, isTooLong);
        message = ClientWording.ForOpenAI(message, isTooLong);
        return (container?.Status is >= 400 and <= 599 ? container.Status.Value : 502) switch
        {
            429 => new ApiError(429, "rate_limit_error", "rate_limit_exceeded", message, param),
            503 => new ApiError(503, "server_error", "upstream_unavailable", message, param),
            >= 500 and var status => new ApiError(status, "server_error", "model_error", message, param),
            var status =>
                new ApiError(status, container?.Type ?? "invalid_request_error", container?.Code ?? "model_error", message, param)
                {
                    AnthropicMessage = forAnthropic,
                },
        };
    }
}
