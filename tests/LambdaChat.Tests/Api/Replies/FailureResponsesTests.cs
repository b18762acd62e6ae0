using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Api.Replies;

public sealed class FailureResponsesTests
{
    [Theory]
    [InlineData(nameof(FailureKind.Unreachable), 502, "server_error", "upstream_unreachable")]
    [InlineData(nameof(FailureKind.NoCredentials), 502, "server_error", "no_credentials")]
    [InlineData(nameof(FailureKind.Cold), 503, "server_error", "model_is_starting")]
    [InlineData(nameof(FailureKind.ModelSilent), 504, "server_error", "model_silent")]
    [InlineData(nameof(FailureKind.ReplyTooSlow), 504, "server_error", "reply_too_slow")]
    [InlineData(nameof(FailureKind.CredentialsExpired), 502, "server_error", "upstream_credentials_expired")]
    [InlineData(nameof(FailureKind.CredentialsInvalid), 502, "server_error", "upstream_credentials_invalid")]
    [InlineData(nameof(FailureKind.AccessDenied), 502, "server_error", "upstream_access_denied")]
    [InlineData(nameof(FailureKind.RoleDenied), 502, "server_error", "role_denied")]
    [InlineData(nameof(FailureKind.InvalidTarget), 502, "server_error", "upstream_invalid_target")]
    [InlineData(nameof(FailureKind.Throttled), 429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData(nameof(FailureKind.Unavailable), 503, "server_error", "upstream_unavailable")]
    [InlineData(nameof(FailureKind.SageMakerFailure), 502, "server_error", "upstream_failure")]
    [InlineData(nameof(FailureKind.ContainerError), 502, "server_error", "model_error")]
    [InlineData(nameof(FailureKind.ModelTimeout), 504, "server_error", "upstream_timeout")]
    [InlineData(nameof(FailureKind.StreamBroken), 502, "server_error", "upstream_stream_broken")]
    [InlineData(nameof(FailureKind.CorruptStream), 502, "server_error", "upstream_stream_corrupt")]
    [InlineData(nameof(FailureKind.RecordTooLong), 502, "server_error", "upstream_event_too_long")]
    [InlineData(nameof(FailureKind.ConnectionLost), 502, "server_error", "upstream_connection_lost")]
    [InlineData(nameof(FailureKind.ModelAborted), 502, "server_error", "upstream_reply_aborted")]
    [InlineData(nameof(FailureKind.WrongTask), 502, "server_error", "upstream_wrong_task")]
    [InlineData(nameof(FailureKind.Internal), 500, "server_error", "internal_error")]
    [InlineData(nameof(FailureKind.NoFinishReason), 424, "server_error", "upstream_reply_incomplete")]
    [InlineData(nameof(FailureKind.ServerOverloaded), 503, "server_error", "server_overloaded")]
    [InlineData(nameof(FailureKind.ReplyTooLong), 502, "server_error", "reply_too_long")]
    [InlineData(nameof(FailureKind.DeadlineExceeded), 504, "server_error", "deadline_exceeded")]
    [InlineData(nameof(FailureKind.LimitReached), 429, "requests", "rate_limit_exceeded")]
    [InlineData(nameof(FailureKind.LimitsUnknown), 503, "server_error", "limits_unavailable")]
    [InlineData(nameof(FailureKind.ClientGone), 499, "server_error", "client_closed_request")]
    [InlineData(nameof(FailureKind.Cancelled), 409, "invalid_request_error", "reply_cancelled")]
    [InlineData(nameof(FailureKind.ReplyLost), 502, "server_error", "reply_lost")]
    public void ToOpenAI_EachFailure_HasItsStatusTypeAndCode(string error, int status, string type, string code)
    {
        var answer = new ReplyFailure(Enum.Parse<FailureKind>(error)).ToError();

        Assert.Equal((status, type, code), (answer.Status, answer.Type, answer.Code));
        Assert.EndsWith(".", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(FailureKind.Throttled), null, 2, false)]
    [InlineData(nameof(FailureKind.Throttled), 7, 7, false)]
    [InlineData(nameof(FailureKind.Unavailable), null, 5, false)]
    [InlineData(nameof(FailureKind.Cold), null, 30, false)]
    [InlineData(nameof(FailureKind.StreamBroken), null, null, false)]
    [InlineData(nameof(FailureKind.InvalidTarget), null, null, true)]
    [InlineData(nameof(FailureKind.AccessDenied), null, null, true)]
    [InlineData(nameof(FailureKind.RoleDenied), null, null, true)]
    [InlineData(nameof(FailureKind.DeadlineExceeded), null, null, true)]
    [InlineData(nameof(FailureKind.NoFinishReason), null, null, true)]
    public void ToOpenAI_EachFailure_SaysWhenToAskAgain(string error, int? upstream, int? seconds, bool isUseless)
    {
        var failure = new ReplyFailure(Enum.Parse<FailureKind>(error))
        {
            RetryAfter = upstream is { } wait
            ? TimeSpan.FromSeconds(wait)
            : null
        };

        var answer = failure.ToError();

        Assert.Equal((seconds, isUseless), ((int?)answer.RetryAfter?.TotalSeconds, answer.IsRetryUseless));
    }

    [Fact]
    public void ToOpenAI_EveryFailure_IsInTheTableAbove() => Assert.Equal(31, Enum.GetValues<FailureKind>().Length);

    [Theory]
    [InlineData(400, "BadRequestError", "context_length_exceeded", 400, "BadRequestError", "context_length_exceeded")]
    [InlineData(404, null, null, 404, "invalid_request_error", "model_error")]
    [InlineData(429, "TooManyRequests", "x", 429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData(500, "InternalServerError", null, 500, "server_error", "model_error")]
    [InlineData(503, "Service Unavailable", null, 503, "server_error", "upstream_unavailable")]
    [InlineData(200, null, null, 502, "server_error", "model_error")]
    public void ToOpenAI_ContainerError_KeepsItsOwn(
        int container, string? type, string? code, int status, string expectedType, string expectedCode)
    {
        var answer = new ReplyFailure(FailureKind.ContainerError, new ContainerError(container, "m", type, "p", code)).ToError();

        var message = expectedCode == "context_length_exceeded"
            ? "m (context_length_exceeded: this model's maximum context length is exceeded)"
            : "m";
        Assert.Equal((status, expectedType, expectedCode, message, "p"),
            (answer.Status, answer.Type, answer.Code, answer.Message, answer.Param));
        Assert.Equal(status is 400 or 404, answer.IsRetryUseless);
    }

    /// <summary>
    /// OpenAI's SDKs and the Agents SDK heed <c>x-should-retry</c>; Codex and the other SDKs do not repeat a 400; Roo Code and Cline
    /// shorten the conversation after a 400 with one of these words.
    /// </summary>
    [Theory]
    [InlineData("{\"error\":{\"message\":\"maximum context length: 4096.\",\"code\":500}}", "context_length_exceeded")]
    [InlineData("the request exceeds the available context size", "context_length_exceeded")]
    [InlineData("`inputs` tokens + `max_new_tokens` must be <= 4096", "context_length_exceeded")]
    [InlineData("{\"error\":{\"message\":\"long\",\"type\":\"exceed_context_size_error\",\"code\":400}}", "context_length_exceeded")]
    [InlineData("{\"error\":{\"message\":\"flagged\",\"code\":\"content_filter\",\"status\":500}}", "content_filter")]
    [InlineData("{\"error\":{\"message\":\"flagged\",\"type\":\"content_policy_violation\"}}", "content_policy_violation")]
    public void ToOpenAI_RequestThatWouldFailAgain_IsNotRetriedByAgents(string error, string code)
    {
        var failure = new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(error, status: null));

        var answer = failure.ToError();

        Assert.Equal((400, "invalid_request_error", code, true), (answer.Status, answer.Type, answer.Code, answer.IsRetryUseless));
        Assert.Equal(code == "context_length_exceeded", answer.Message.Contains("context length", StringComparison.OrdinalIgnoreCase));
        Assert.False(failure.IsTransient || failure.MayRetryOtherTarget);
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(2048)]
    public void ToOpenAI_LongMessageOfContextLength_StaysWithinTheBound(int length)
    {
        var container = new ContainerError(400, new string('m', length), Code: "context_length_exceeded");

        Assert.InRange(new ReplyFailure(FailureKind.ContainerError, container).ToError().Message.Length, length, 2048);
    }
}
