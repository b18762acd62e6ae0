using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Http;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Http;

public sealed class AnthropicErrorFormTests
{
    [Theory]
    [InlineData(400, "x", 400, "invalid_request_error")]
    [InlineData(401, "invalid_api_key", 401, "authentication_error")]
    [InlineData(403, "insufficient_scope", 403, "permission_error")]
    [InlineData(404, "model_not_found", 404, "not_found_error")]
    [InlineData(405, "method_not_allowed", 405, "invalid_request_error")]
    [InlineData(408, "request_timeout", 408, "timeout_error")]
    [InlineData(413, "request_too_large", 413, "request_too_large")]
    [InlineData(415, "unsupported_media_type", 415, "invalid_request_error")]
    [InlineData(422, "model_error", 422, "invalid_request_error")]
    [InlineData(424, "upstream_reply_incomplete", 424, "api_error")]
    [InlineData(429, "rate_limit_exceeded", 429, "rate_limit_error")]
    [InlineData(500, "internal_error", 500, "api_error")]
    [InlineData(502, "upstream_stream_broken", 502, "api_error")]
    [InlineData(503, "limits_unavailable", 503, "api_error")]
    [InlineData(503, "upstream_unavailable", 529, "overloaded_error")]
    [InlineData(503, "model_is_starting", 529, "overloaded_error")]
    [InlineData(503, "server_overloaded", 529, "overloaded_error")]
    [InlineData(504, "model_silent", 504, "timeout_error")]
    public async Task Error_OfMessages_HasAnthropicsForm(int status, string code, int expected, string type)
    {
        var (actual, body) = await WriteAsync(new ApiError(status, "any", code, "Say \"why\"."), "/v1/messages", hasVersion: false);

        Assert.Equal(expected, actual);
        Assert.Equal($$"""{"type":"error","error":{"type":"{{type}}","message":"Say \"why\"."},"request_id":"req-1"}""", body);
    }

    [Fact]
    public async Task Error_OfAField_HasAnthropicsWordsOnItsPathsOnly()
    {
        var error = FieldErrors.Missing("messages[0].content", FieldType.Content);

        Assert.Contains("\"message\":\"messages.0.content: Field required\"", (await WriteAsync(error, "/v1/messages", false)).Body,
            StringComparison.Ordinal);
        Assert.Contains("\"message\":\"Missing required parameter: 'messages[0].content'.",
            (await WriteAsync(error, "/v1/responses", true)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/messages", false, true)]
    [InlineData("/v1/messages/count_tokens", false, true)]
    [InlineData("/v1/messages/batches", false, true)]
    [InlineData("/messages", false, true)]
    [InlineData("/V1/Messages", false, true)]
    [InlineData("/v1//messages", false, true)]
    [InlineData("/api/anthropic/v1/messages", false, true)]
    [InlineData("/v1/models", true, true)]
    [InlineData("/v1/models/x", true, true)]
    [InlineData("/v1/models", false, false)]
    [InlineData("/v1/messagesX", true, false)]
    [InlineData("/v1/chat/completions", true, false)]
    [InlineData("/", true, false)]
    public async Task Form_OfAnError_IsThatOfThePath(string path, bool hasVersion, bool isAnthropic)
    {
        var (_, body) = await WriteAsync(ApiError.BadRequest("No."), path, hasVersion);

        Assert.Equal(isAnthropic, body.StartsWith("{\"type\":\"error\"", StringComparison.Ordinal));
    }

    [Fact, Trait("reported", "M26")]
    public void Type_OfEachFailure_IsRetryableWhereARetryCanHelp()
    {
        foreach (var kind in Enum.GetValues<FailureKind>())
        {
            var error = new ReplyFailure(kind).ToError();
            var isRetryable = AnthropicErrorForm.TypeOf(error)
                is "api_error" or "overloaded_error" or "rate_limit_error" or "timeout_error";
            Assert.True(isRetryable || kind is FailureKind.ClientGone or FailureKind.Cancelled, kind.ToString());
        }
    }

    private static async Task<(int Status, string Body)> WriteAsync(ApiError error, string path, bool hasVersion)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "req-1" };
        context.Request.Path = path;
        using var body = new MemoryStream();
        context.Response.Body = body;
        if (hasVersion)
        {
            context.Request.Headers["anthropic-version"] = "2023-06-01";
        }

        await error.WriteAsync(context.Response);

        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
