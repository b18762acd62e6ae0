using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>Upstream faults before and inside the stream.</summary>
public sealed class FaultTests(FunctionFixture function)
{
    private const int After = 11; // The role and ten tokens.

    [Theory]
    [InlineData(
        "model_stream_error",
        "StreamBroken",
        "upstream_stream_broken",
        "The model server closed the connection before the reply was complete.")]
    [InlineData("model_timeout", "ModelTimeout", "upstream_timeout", "The model did not respond within SageMaker's time limit.")]
    [InlineData("internal_stream_failure", "SageMakerFailure", "upstream_failure", "SageMaker returned an internal error. Try again.")]
    [InlineData("error_frame", "SageMakerFailure", "upstream_failure", "SageMaker returned an internal error. Try again.")]
    [InlineData("corrupt_frame", "CorruptStream", "upstream_stream_corrupt", "The model server sent a malformed reply.")]
    [InlineData("corrupt_prelude", "CorruptStream", "upstream_stream_corrupt", "The model server sent a malformed reply.")]
    [InlineData("oversized_frame", "CorruptStream", "upstream_stream_corrupt", "The model server sent a malformed reply.")]
    [InlineData("garbage", "CorruptStream", "upstream_stream_corrupt", "The model server sent a malformed reply.")]
    [InlineData(
        "truncated_frame",
        "ConnectionLost",
        "upstream_connection_lost",
        "The connection to SageMaker was lost before the reply was complete.")]
    [InlineData(
        "end", "NoFinishReason", "upstream_reply_incomplete", "The model's reply ended without a finish reason and may be incomplete.")]
    [InlineData("container_error", "ContainerError", "model_error", "The container refused the request.")]
    public async Task Fault_InsideTheStream_IsReportedAfterTheEvents(string kind, string failure, string code, string message)
    {
        foreach (var burst in (string[])["false", "true"]) // Read together with the events before it, and not.
        {
            await using var reply = await Reply.StartAsync(
                function.Client, Reply.Request($$"""{"tokens":20,"burst":{{burst}},"fault":{"kind":"{{kind}}","after":{{After}}} }"""));
            var events = await reply.ReadToEndAsync();

            Reply.AssertFailed(events, After, code, message);
            Assert.StartsWith(
                string.Concat(Enumerable.Range(0, 10).Select(i => $" t{i}")) + "\n\n[Error: ",
                Reply.Join(events.Where(data => !data.StartsWith("{\"error\"", StringComparison.Ordinal))).Content,
                StringComparison.Ordinal);
            var requestId = Assert.Single(reply.Response.Headers.GetValues("x-request-id"));
            await function.Log.WaitForAsync(
                $"Reply {requestId} to test by {FunctionFixture.Model} failed with {failure}", $": {After} events");
            await AssertServesNextAsync();
        }
    }

    // A reset discards bytes that the kernel has not sent. The gate ensures that all previous events have arrived.
    [Theory]
    [InlineData(20)]
    [InlineData(After - 2)]
    public async Task Reset_BetweenEvents_LosesNothingBeforeIt(int tokens)
    {
        var gate = $"reset-{tokens}";
        await using var reply = await Reply.StartAsync(
            function.Client, Reply.Request($$"""{"tokens":{{tokens}},"gate":"{{gate}}","fault":{"kind":"reset","after":{{After}}} }"""));
        var events = new List<string>();
        for (var i = 0; i < After; i++)
        {
            events.Add((await reply.ReadEventAsync())!);
            function.Emulator.Gates.Open(gate);
        }

        events.AddRange(await reply.ReadToEndAsync());

        if (tokens == 20)
        {
            Reply.AssertFailed(
                events, After, "upstream_connection_lost", "The connection to SageMaker was lost before the reply was complete.");
        }
        else
        {
            Assert.Equal([.. events.Take(After), "[DONE]"], events);
        }

        await AssertServesNextAsync();
    }

    [Theory]
    [InlineData("model_stream_error", "upstream_stream_broken", "The model server closed the connection before the reply was complete.")]
    [InlineData("end", "upstream_stream_corrupt", "The model server sent a malformed reply.")]
    public async Task Fault_MidEvent_LosesOnlyTheHalfEvent(string kind, string code, string message)
    {
        var events = await Reply.ReadAsync(
            function.Client, Reply.Request($$"""{"tokens":20,"fault":{"kind":"{{kind}}","after":{{After}},"mid_event":true} }"""));

        Reply.AssertFailed(events, After, code, message);
    }

    [Theory]
    [InlineData("model_stream_error")]
    [InlineData("truncated_frame")]
    [InlineData("end")]
    public async Task Fault_AfterTheFinishReason_LosesNothing(string kind)
    {
        var events = await Reply.ReadAsync(function.Client, Reply.Request($$"""{"tokens":3,"fault":{"kind":"{{kind}}","after":5} }"""));

        Assert.Equal(6, events.Count);
        Assert.Equal(" t0 t1 t2", Reply.Join(events).Content);
        Assert.Equal("[DONE]", events[^1]);
    }

    [Theory]
    [InlineData(
        "model_stream_error",
        502,
        """{"error":{"message":"The model server closed the connection before the reply was complete.","type":"server_error","param":null,"code":"upstream_stream_broken"}}""")]
    [InlineData(
        "corrupt_frame",
        502,
        """{"error":{"message":"The model server sent a malformed reply.","type":"server_error","param":null,"code":"upstream_stream_corrupt"}}""")]
    [InlineData(
        "reset",
        502,
        """{"error":{"message":"SageMaker could not be reached. Try again.","type":"server_error","param":null,"code":"upstream_unreachable"}}""")]
    [InlineData(
        "end",
        424,
        """{"error":{"message":"The model's reply ended without a finish reason and may be incomplete.","type":"server_error","param":null,"code":"upstream_reply_incomplete"}}""")]
    [InlineData(
        "model_timeout",
        504,
        """{"error":{"message":"The model did not respond within SageMaker's time limit.","type":"server_error","param":null,"code":"upstream_timeout"}}""")]
    public async Task Fault_BeforeTheFirstEvent_KeepsItsStatus(string kind, int status, string body)
    {
        var answer = await Reply.AskAsync(function.Client, Reply.Request($$"""{"fault":{"kind":"{{kind}}","after":0} }"""));

        Assert.Equal((status, body), answer);
    }

    [Theory]
    [InlineData("validation_error", 502, "server_error", "upstream_invalid_target")]
    [InlineData("component_required", 502, "server_error", "upstream_invalid_target")]
    [InlineData("access_denied", 502, "server_error", "upstream_access_denied")]
    [InlineData("internal_failure", 502, "server_error", "upstream_failure")]
    [InlineData("service_unavailable", 503, "server_error", "upstream_unavailable")]
    [InlineData("model_not_ready", 503, "server_error", "upstream_unavailable")]
    [InlineData("internal_dependency", 503, "server_error", "upstream_unavailable")]
    [InlineData("throttling", 429, "rate_limit_error", "rate_limit_exceeded")]
    public async Task Fault_InsteadOfTheStream_HasStatusAndNoSecrets(string kind, int status, string type, string code)
    {
        var (actual, body) = await Reply.AskAsync(function.Client, Reply.Request($$"""{"fault":{"kind":"{{kind}}"} }"""));

        Assert.Equal(status, actual);
        Assert.EndsWith($"\",\"type\":\"{type}\",\"param\":null,\"code\":\"{code}\"}}}}", body, StringComparison.Ordinal);
        Assert.DoesNotContain("111122223333", body, StringComparison.Ordinal);
        Assert.DoesNotContain("arn:", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        400,
        """{\"error\":{\"message\":\"max_tokens is too large\",\"type\":\"BadRequestError\",\"param\":\"max_tokens\",\"code\":400}}""",
        400,
        """{"error":{"message":"max_tokens is too large","type":"BadRequestError","param":"max_tokens","code":"model_error"}}""")]
    [InlineData(
        404,
        """{\"object\":\"error\",\"message\":\"The model `x` does not exist.\",\"type\":\"NotFoundError\",\"param\":null,\"code\":404}""",
        404,
        """{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":"model_error"}}""")]
    [InlineData(
        500,
        "CUDA out of memory in arn:aws:sagemaker:us-east-1:111122223333:endpoint/demo",
        500,
        """{"error":{"message":"CUDA out of memory in [arn]","type":"server_error","param":null,"code":"model_error"}}""")]
    public async Task Fault_OfTheContainer_KeepsStatusAndMessage(int container, string message, int status, string body)
    {
        var answer = await Reply.AskAsync(
            function.Client, Reply.Request($$"""{"fault":{"kind":"model_error","status":{{container}},"message":"{{message}}"} }"""));

        Assert.Equal((status, body), answer);
    }

    [Fact]
    public async Task Signature_WithTheWrongSecret_IsReportedAsInvalidCredentials()
    {
        var log = new Log();
        await using var lambda = await FunctionFixture.StartLambdaAsync(
            function.Emulator.Address,
            log,
            options =>
                options with
                {
                    Variables = FunctionFixture.Variables(function.Emulator.Address,
                    EmulatorCredentials.Default with { SecretAccessKey = "wrong" })
                });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var (status, body) = await Reply.AskAsync(client, Reply.Request());

        Assert.Equal(502, status);
        Assert.Contains("\"code\":\"upstream_credentials_invalid\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upstream_ConnectionRefused_IsUnreachable()
    {
        var log = new Log();
        await using var lambda = await FunctionFixture.StartLambdaAsync(
            function.Emulator.Address,
            log,
            options => options with { Variables = FunctionFixture.Variables(new Uri("http://127.0.0.1:1")) });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        Assert.Equal(
            (
                502,
                """{"error":{"message":"SageMaker could not be reached. Try again.","type":"server_error","param":null,"code":"upstream_unreachable"}}"""),
            await Reply.AskAsync(client, Reply.Request()));
    }

    private async Task AssertServesNextAsync()
    {
        var events = await Reply.ReadAsync(function.Client, Reply.Request("""{"content":"next"}"""));
        Assert.Equal("next", Reply.Join(events).Content);
        Assert.Equal("[DONE]", events[^1]);
    }
}
