using System.Net;
using System.Text;
using LambdaChat.Errors;
using LambdaChat.SageMaker;

namespace LambdaChat.Tests.SageMaker;

public sealed class SageMakerErrorTests
{
    [Theory]
    [InlineData(400, "ValidationError", nameof(RelayError.InvalidTarget))]
    [InlineData(400, "ThrottlingException", nameof(RelayError.Throttled))]
    [InlineData(429, "ThrottlingException", nameof(RelayError.Throttled))]
    [InlineData(429, "ModelNotReadyException", nameof(RelayError.Unavailable))]
    [InlineData(500, "InternalFailure", nameof(RelayError.SageMakerFailure))]
    [InlineData(503, "ServiceUnavailable", nameof(RelayError.Unavailable))]
    [InlineData(530, "InternalDependencyException", nameof(RelayError.Unavailable))]
    [InlineData(403, "AccessDeniedException", nameof(RelayError.AccessDenied))]
    [InlineData(403, "InvalidSignatureException", nameof(RelayError.AccessDenied))]
    [InlineData(403, "ExpiredTokenException", nameof(RelayError.AccessDenied))]
    [InlineData(403, "", nameof(RelayError.AccessDenied))]
    [InlineData(429, "", nameof(RelayError.Throttled))]
    [InlineData(504, "", nameof(RelayError.ModelTimeout))]
    [InlineData(502, "", nameof(RelayError.SageMakerFailure))]
    [InlineData(404, "", nameof(RelayError.InvalidTarget))]
    public async Task ReadAsync_EachError_IsClassified(int status, string type, string expected)
    {
        Assert.Equal(expected, (await ReadAsync(status, type, "{}")).Error.ToString());
        Assert.Equal(expected, (await ReadAsync(status, $"{type}:http://internal.amazon.com/coral/", "not json")).Error.ToString());
        Assert.Equal(expected, (await ReadAsync(status, type: null, $$"""{"__type":"com.amazonaws.sagemaker.runtime#{{type}}"}""")).Error.ToString());
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
            new RelayFailure(RelayError.ContainerError, new ContainerError(400, "too long", "BadRequestError", "messages", "context_length_exceeded")) { Detail = "424 ModelError" },
            failure);
    }

    [Fact]
    public async Task ReadAsync_ModelErrorWithoutOriginal_IsUnwrapped()
    {
        var failure = await ReadAsync(
            424, "ModelError", """{"Message":"Received server error (500) from primary with message \"boom\". See https://console for account 111122223333"}""");

        Assert.Equal(new RelayFailure(RelayError.ContainerError, new ContainerError(500, "boom")) { Detail = "424 ModelError" }, failure);
    }

    [Theory]
    [InlineData("ModelStreamError", """{"ErrorCode":"ModelInvocationTimeExceeded"}""", nameof(RelayError.ModelTimeout))]
    [InlineData("ModelStreamError", """{"ErrorCode":"StreamBroken"}""", nameof(RelayError.StreamBroken))]
    [InlineData("ModelStreamError", "", nameof(RelayError.StreamBroken))]
    [InlineData("InternalStreamFailure", """{"Message":"x"}""", nameof(RelayError.SageMakerFailure))]
    [InlineData("SomethingNew", "[]", nameof(RelayError.SageMakerFailure))]
    public void ReadException_EachType_IsClassified(string type, string payload, string expected) =>
        Assert.Equal(expected, SageMakerError.ReadException(Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(payload)).Error.ToString());

    private static Task<RelayFailure> ReadAsync(int status, string? type, string body)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        if (type is not null)
        {
            response.Headers.TryAddWithoutValidation("x-amzn-ErrorType", type);
        }

        return SageMakerError.ReadAsync(response, TestContext.Current.CancellationToken);
    }
}
