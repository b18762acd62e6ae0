using LambdaChat.Errors;

namespace LambdaChat.Tests.Errors;

public sealed class RelayFailureTests
{
    [Theory]
    [InlineData(nameof(RelayError.Unreachable), 502, "server_error", "upstream_unreachable")]
    [InlineData(nameof(RelayError.AccessDenied), 502, "server_error", "upstream_access_denied")]
    [InlineData(nameof(RelayError.InvalidTarget), 502, "server_error", "upstream_invalid_target")]
    [InlineData(nameof(RelayError.Throttled), 429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData(nameof(RelayError.Unavailable), 503, "server_error", "upstream_unavailable")]
    [InlineData(nameof(RelayError.SageMakerFailure), 502, "server_error", "upstream_failure")]
    [InlineData(nameof(RelayError.ContainerError), 502, "server_error", "model_error")]
    [InlineData(nameof(RelayError.ModelTimeout), 504, "server_error", "upstream_timeout")]
    [InlineData(nameof(RelayError.StreamBroken), 502, "server_error", "upstream_stream_broken")]
    [InlineData(nameof(RelayError.CorruptStream), 502, "server_error", "upstream_stream_corrupt")]
    [InlineData(nameof(RelayError.ConnectionLost), 502, "server_error", "upstream_connection_lost")]
    [InlineData(nameof(RelayError.NoFinishReason), 502, "server_error", "upstream_reply_incomplete")]
    [InlineData(nameof(RelayError.ReplyTooLong), 502, "server_error", "reply_too_long")]
    [InlineData(nameof(RelayError.DeadlineExceeded), 504, "server_error", "deadline_exceeded")]
    [InlineData(nameof(RelayError.ClientGone), 499, "server_error", "client_closed_request")]
    public void ToOpenAI_EachFailure_HasItsStatusTypeAndCode(string error, int status, string type, string code)
    {
        var answer = new RelayFailure(Enum.Parse<RelayError>(error)).ToOpenAI();

        Assert.Equal((status, type, code), (answer.Status, answer.Type, answer.Code));
        Assert.EndsWith(".", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToOpenAI_EveryFailure_IsInTheTableAbove() => Assert.Equal(15, Enum.GetValues<RelayError>().Length);

    [Theory]
    [InlineData(400, "BadRequestError", "context_length_exceeded", 400, "BadRequestError", "context_length_exceeded")]
    [InlineData(404, null, null, 404, "invalid_request_error", "model_error")]
    [InlineData(500, null, null, 500, "server_error", "model_error")]
    [InlineData(200, null, null, 502, "server_error", "model_error")]
    public void ToOpenAI_ContainerError_KeepsItsOwn(int container, string? type, string? code, int status, string expectedType, string expectedCode)
    {
        var answer = new RelayFailure(RelayError.ContainerError, new ContainerError(container, "m", type, "p", code)).ToOpenAI();

        Assert.Equal(new OpenAIError(status, expectedType, expectedCode, "m", "p"), answer);
    }
}
