using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>AWS's SDK for Python calls the emulator.</summary>
public sealed class Boto3Tests(FunctionFixture function)
{
    [Fact]
    public async Task Stream_IsReadToTheEnd()
    {
        var result = await CallAsync("""{"content":"你好 🤔","reasoning":"…","part_bytes":7}""");

        Assert.Null(result["error"]);
        Assert.Equal("text/event-stream; charset=utf-8", (string?)result["contentType"]);
        Assert.True((int?)result["parts"] > 100);
        var events = ((string)result["text"]!).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(
            block => block["data: ".Length..]);
        Assert.Equal("你好 🤔", Reply.Join(events).Content);
    }

    [Fact]
    public async Task Whole_IsRead()
    {
        var result = await CallAsync("""{"content":"Hi"}""", """{"stream":false}""");

        Assert.Null(result["error"]);
        Assert.Contains("\"content\":\"Hi\"", (string)result["text"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_stream_error", "EventStreamError", "ModelStreamError", "An error occurred while streaming the response body.")]
    [InlineData("model_timeout", "EventStreamError", "ModelStreamError", "Your model primary did not complete sending the inference response in the allotted time.")]
    [InlineData(
        "internal_stream_failure",
        "EventStreamError",
        "InternalStreamFailure",
        "The stream processing failed because of an unknown error.")]
    [InlineData("error_frame", "EventStreamError", "InternalFailure", "An internal failure occurred in account 111122223333.")]
    [InlineData("corrupt_frame", "ChecksumMismatch", null, null)]
    [InlineData("corrupt_prelude", "ChecksumMismatch", null, null)]
    public async Task FaultInTheStream_IsRaisedAfterTheEvents(string kind, string error, string? code, string? message)
    {
        var result = await CallAsync($$"""{"tokens":5,"fault":{"kind":"{{kind}}","after":2} }""");

        Assert.Equal((error, code, message), ((string?)result["error"], (string?)result["code"], (string?)result["message"]));
        Assert.Equal(2, (int?)result["parts"]);
    }

    [Theory]
    [InlineData("validation_error", "ValidationError", "ValidationError", 400, null)]
    [InlineData("model_error", "ModelError", "ModelError", 424, 400)]
    [InlineData("draining", "ModelError", "ModelError", 424, 503)]
    [InlineData("internal_failure", "InternalFailure", "InternalFailure", 500, null)]
    [InlineData("service_unavailable", "ServiceUnavailable", "ServiceUnavailable", 503, null)]
    [InlineData("model_not_ready", "ModelNotReadyException", "ModelNotReadyException", 429, null)]
    [InlineData("internal_dependency", "InternalDependencyException", "InternalDependencyException", 530, null)]
    [InlineData("throttling", "ClientError", "ThrottlingException", 400, null)]
    [InlineData("access_denied", "ClientError", "AccessDeniedException", 403, null)]
    public async Task ErrorResponse_IsRaised(string kind, string error, string code, int status, int? originalStatus)
    {
        foreach (var members in (string[])["{}", """{"stream":false}"""])
        {
            var result = await CallAsync($$"""{"fault":{"kind":"{{kind}}"} }""", members);

            Assert.Equal(
                (error, code, status, originalStatus),
                ((string?)result["error"], (string?)result["code"], (int?)result["status"], (int?)result["originalStatus"]));
        }
    }

    // The moment at which the client sees a reset depends on the kernel.
    [Fact]
    public async Task Reset_IsRaised()
    {
        var result = await CallAsync("""{"tokens":5,"fault":{"kind":"reset","after":2} }""");

        Assert.Contains((string?)result["error"], (string[])["ProtocolError", "ConnectionClosedError"]);
    }

    [Fact]
    public async Task WrongSecret_IsRefused()
    {
        var result = await CallAsync("{}", credentials: EmulatorCredentials.Default with { SecretAccessKey = "wrong" });

        Assert.Equal(
            ("ClientError", "InvalidSignatureException", 403), ((string?)result["error"], (string?)result["code"], (int?)result["status"]));
    }

    private async Task<JsonNode> CallAsync(string standIn, string members = "{}", EmulatorCredentials? credentials = null)
    {
        var (accessKeyId, secretAccessKey, sessionToken) = credentials ?? EmulatorCredentials.Default;
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = accessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = secretAccessKey,
            ["AWS_SESSION_TOKEN"] = sessionToken,
        };
        var requests = new JsonArray(Reply.Request(standIn, members));
        return (await Python.RunAsync("call_endpoint.py", variables, function.Emulator.Address.ToString(), requests.ToJsonString()))[0]!;
    }
}
