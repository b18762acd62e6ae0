using System.Net;
using System.Text;
using LambdaChat.Failures;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Upstream.Errors;

public sealed class SageMakerErrorTests
{
    [Theory]
    [InlineData(400, "ValidationError", nameof(FailureKind.InvalidTarget))]
    [InlineData(400, "ThrottlingException", nameof(FailureKind.Throttled))]
    [InlineData(429, "ThrottlingException", nameof(FailureKind.Throttled))]
    [InlineData(429, "ModelNotReadyException", nameof(FailureKind.Unavailable))]
    [InlineData(500, "InternalFailure", nameof(FailureKind.SageMakerFailure))]
    [InlineData(503, "ServiceUnavailable", nameof(FailureKind.Unavailable))]
    [InlineData(530, "InternalDependencyException", nameof(FailureKind.Unavailable))]
    [InlineData(403, "AccessDeniedException", nameof(FailureKind.AccessDenied))]
    [InlineData(403, "InvalidSignatureException", nameof(FailureKind.CredentialsInvalid))]
    [InlineData(403, "UnrecognizedClientException", nameof(FailureKind.CredentialsInvalid))]
    [InlineData(403, "ExpiredTokenException", nameof(FailureKind.CredentialsExpired))]
    [InlineData(403, "", nameof(FailureKind.AccessDenied))]
    [InlineData(429, "", nameof(FailureKind.Throttled))]
    [InlineData(503, "", nameof(FailureKind.Unavailable))]
    [InlineData(530, "", nameof(FailureKind.Unavailable))]
    [InlineData(504, "", nameof(FailureKind.ModelTimeout))]
    [InlineData(502, "", nameof(FailureKind.SageMakerFailure))]
    [InlineData(404, "", nameof(FailureKind.InvalidTarget))]
    public async Task ReadAsync_EachError_IsClassified(int status, string type, string expected)
    {
        Assert.Equal(expected, (await ReadAsync(status, type, "{}")).Kind.ToString());
        Assert.Equal(expected, (await ReadAsync(status, $"{type}:http://internal.amazon.com/coral/", "not json")).Kind.ToString());
        Assert.Equal(expected,
            (await ReadAsync(status, type: null, $$"""{"__type":"com.amazonaws.sagemaker.runtime#{{type}}"}""")).Kind.ToString());
    }

    // The OpenAI route returns the container's own response, which has no error type of SageMaker's.
    [Theory]
    [InlineData(500, "Internal Server Error", FailureKind.ContainerError, "Internal Server Error")]
    [InlineData(404, "<html><head><title>404 Not Found</title></head></html>", FailureKind.ContainerError, "404 Not Found")]
    [InlineData(500, "  ", FailureKind.SageMakerFailure, null)]
    [InlineData(403, "denied", FailureKind.AccessDenied, null)]
    internal async Task ReadAsync_TextWithoutAType_IsTheContainers(int status, string body, FailureKind kind, string? message)
    {
        var failure = await ReadAsync(status, type: null, body);

        Assert.Equal((kind, message), (failure.Kind, failure.Container?.Message));
        Assert.True(message is null || failure.Container?.Status == status);
    }

    [Theory]
    [InlineData("""{"error":"m"}""")]
    [InlineData("""{"detail":"m"}""")]
    [InlineData("""{"errors":[{"message":"m"}]}""")]
    [InlineData("""{"object":"error","message":"m"}""")]
    [InlineData("""{"message":{"detail":"m"}}""")]
    [InlineData("""["m"]""")]
    [InlineData("\"m\"")]
    [InlineData("""{"code":400,"type":"BadRequestException","message":"m"}""")] // DJL
    public async Task ReadAsync_JsonWithoutAType_IsTheContainers(string body)
    {
        var failure = await ReadAsync(400, type: null, body);

        Assert.Equal((FailureKind.ContainerError, "m"), (failure.Kind, failure.Container?.Message));
    }

    [Fact]
    public async Task ReadAsync_ModelError_KeepsTheContainersOwn()
    {
        var failure = await ReadAsync(
            424,
            "ModelError",
            """
            {"Message":"Received client error (400) from primary with message \"…\". See https://console in account 111122223333","OriginalStatusCode":400,
             "OriginalMessage":"{\"error\":{\"message\":\"too long\",\"type\":\"BadRequestError\",\"param\":\"messages\",\"code\":\"context_length_exceeded\"}}",
             "LogStreamArn":"arn:aws:logs:us-east-1:111122223333:x"}
            """);

        Assert.Equal(
            new ReplyFailure(FailureKind.ContainerError,
                new ContainerError(400, "too long", "invalid_request_error", "messages",
                    "context_length_exceeded"))
            { Detail = "424 ModelError invalid_request_error" },
            failure);
    }

    [Fact]
    public async Task ReadAsync_ModelErrorWithoutOriginal_IsUnwrapped()
    {
        var failure = await ReadAsync(
            424, "ModelError",
                """{"Message":"Received server error (500) from primary with message \"boom\". See https://console for account 111122223333"}""");

        Assert.Equal(new ReplyFailure(FailureKind.ContainerError, new ContainerError(500, "boom")) { Detail = "424 ModelError" }, failure);
    }

    [Theory]
    [InlineData("Invocation failed: could not get a response from the prod-7 endpoint.", nameof(FailureKind.Unavailable))]
    [InlineData("Invocation timed out while waiting for a response from container primary. Review the latency metrics.",
        nameof(FailureKind.ModelTimeout))]
    [InlineData("Something else.", nameof(FailureKind.ContainerError))]
    public async Task ReadAsync_ModelErrorOfSageMakersOwn_IsClassifiedByItsWords(string message, string expected)
    {
        var failure = await ReadAsync(424, "ModelError",
            $$"""{"Message":"{{message}}","OriginalStatusCode":0,"OriginalMessage":"{{message}}","LogStreamArn":""}""");

        Assert.Equal(expected, failure.Kind.ToString());
    }

    // Servers that repeat the request in their error. SageMaker contains the text twice.
    [Theory]
    [InlineData(40_000, 400, "bad value")]
    [InlineData(200_000, 422, "bad value")]
    [InlineData(2_000_000, 400, "The model server failed without an error message.")]
    public async Task ReadAsync_LongModelError_KeepsTheStatus(int length, int status, string message)
    {
        var echo = new string('x', length);
        var original = $$"""{\"error\":{\"message\":\"bad value\",\"input\":\"{{echo}}\"} }""";
        foreach (var body in (string[])[
            $$"""{"OriginalMessage":"{{original}}","OriginalStatusCode":{{status}},"Message":"Received client error ({{status}})"}""",
            $$"""{"Message":"Received client error ({{status}}) from primary","OriginalMessage":"{{original}}","OriginalStatusCode":{{status}} }"""])
        {
            var failure = await ReadAsync(424, "ModelError", body);

            var isLost = length > 1_000_000 && body.StartsWith("{\"O", StringComparison.Ordinal);
            Assert.Equal((isLost ? null : status, message), (failure.Container?.Status, failure.Container?.Message));
        }
    }

    [Fact]
    public async Task ReadAsync_InvalidTextInTheBody_IsRead()
    {
        var failure = await ReadAsync(424, "ModelError",
            """{"OriginalStatusCode":400,"OriginalMessage":"{\"error\":{\"message\":\"half \\ud83d\"}}","Message":"\ud83d"}""");

        Assert.Equal(new ContainerError(400, "half \uFFFD"), failure.Container);
    }

    [Theory]
    [InlineData("ModelStreamError", """{"ErrorCode":"ModelInvocationTimeExceeded"}""", nameof(FailureKind.ModelTimeout))]
    [InlineData("ModelStreamError", """{"ErrorCode":"StreamBroken"}""", nameof(FailureKind.StreamBroken))]
    [InlineData("ModelStreamError", "", nameof(FailureKind.StreamBroken))]
    [InlineData("InternalStreamFailure", """{"Message":"x"}""", nameof(FailureKind.SageMakerFailure))]
    [InlineData("SomethingNew", "[]", nameof(FailureKind.SageMakerFailure))]
    public void ReadException_EachType_IsClassified(string type, string payload, string expected) =>
        Assert.Equal(expected, SageMakerError.ReadException(Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(payload)).Kind.ToString());

    private static Task<ReplyFailure> ReadAsync(int status, string? type, string body)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        if (type is not null)
        {
            response.Headers.TryAddWithoutValidation("x-amzn-ErrorType", type);
        }

        return SageMakerError.ReadAsync(response, TestContext.Current.CancellationToken);
    }
}
