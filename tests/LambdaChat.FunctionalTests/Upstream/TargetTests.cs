using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Upstream;

/// <summary>Behavior before the first byte: retries, further targets, cold endpoints, and the retry headers for clients.</summary>
public sealed class TargetTests(FunctionFixture function)
{
    [Theory]
    [InlineData("throttling")]
    [InlineData("model_not_ready")]
    [InlineData("service_unavailable")]
    [InlineData("internal_dependency")]
    [InlineData("internal_failure")]
    public async Task Call_FailsOnce_IsTriedAgain(string kind)
    {
        var (response, _) = await AskAsync(FunctionFixture.Model, "once-" + kind, $$"""{"kind":"{{kind}}","times":1}""");

        Assert.Equal((200, "0"), ((int)response.StatusCode, response.Headers.GetValues("x-target-index").Single()));
        Assert.Equal(2, Endpoints("once-" + kind).Count);
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(function.Emulator.Calls.Where(call => (string?)call.Body["user"] == "once-" + kind)
            .Select(call => call.Headers["X-Amzn-SageMaker-Prefix-Aware-Id"]).Distinct()));
    }

    [Theory]
    [InlineData("throttling", 4)]
    [InlineData("access_denied", 3)]
    [InlineData("validation_error", 3)]
    [InlineData("no_capacity", 3)]
    public async Task Target_DoesNotAnswer_TheNextOneDoesAndIsAskedFirstAfterwards(string kind, int calls)
    {
        await using var lambda = await FunctionFixture.StartLambdaAsync(function.Emulator.Address, new Log(),
            options => options with { IdleGrace = WaitLimit.Duration }); // The process of the first request has noted the failure.
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var id = "next-" + kind;

        var (first, _) = await AskAsync("two-targets", id, $$"""{"kind":"{{kind}}","endpoint":"first"}""", client);
        var (second, _) = await AskAsync("two-targets", id, $$"""{"kind":"{{kind}}","endpoint":"first"}""", client);

        Assert.Equal((200, "1"), ((int)first.StatusCode, first.Headers.GetValues("x-target-index").Single()));
        Assert.Equal((200, "1"), ((int)second.StatusCode, second.Headers.GetValues("x-target-index").Single()));
        Assert.Equal(calls, Endpoints(id).Count);
        Assert.Equal("second", Endpoints(id)[^1]);
        Assert.Contains("/eu-west-1/sagemaker/",
            function.Emulator.Calls.Last(call => (string?)call.Body["user"] == id).Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_AllFail_IsTheLastFailure()
    {
        var (response, body) = await AskAsync("two-targets", "all", """{"kind":"service_unavailable"}""");

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("upstream_unavailable", body, StringComparison.Ordinal);
        Assert.Equal(["first", "first", "second", "second"], Endpoints("all").Order());
    }

    [Fact]
    public async Task Container_RejectsTheRequest_NoOtherTargetIsCalled()
    {
        var (response, _) = await AskAsync("two-targets", "refused", """{"kind":"model_error","status":400}""");

        Assert.Equal((400, "false"), ((int)response.StatusCode, response.Headers.GetValues("x-should-retry").Single()));
        Assert.Single(Endpoints("refused"));
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheBudget_IsForTheClient()
    {
        var (response, _) = await AskAsync(FunctionFixture.Model, "later", """{"kind":"throttling","retry_after":77}""");

        Assert.Equal((429, "77", "77000"),
            ((int)response.StatusCode, response.Headers.GetValues("Retry-After").Single(),
                response.Headers.GetValues("retry-after-ms").Single()));
        Assert.Single(Endpoints("later"));
    }

    [Fact]
    public async Task Endpoint_ScaledToZero_IsWaitedFor()
    {
        var (response, _) = await AskAsync("cold-30s", "waited", """{"kind":"no_capacity","times":1}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(2, Endpoints("waited").Count);
    }

    [Fact]
    public async Task Endpoint_ScaledToZeroWithoutWait_IsReportedAtOnce()
    {
        var (response, body) = await AskAsync("cold-0s", "told", """{"kind":"no_capacity"}""");

        Assert.Equal((503, "30"), ((int)response.StatusCode, response.Headers.GetValues("Retry-After").Single()));
        Assert.Contains("model_is_starting", body, StringComparison.Ordinal);
        Assert.Single(Endpoints("told"));
    }

    [Fact]
    public async Task Container_ConversationTooLong_HasOpenAIsCode()
    {
        var (response, body) = await AskAsync(
            FunctionFixture.Model,
            "long",
            """{"kind":"model_error","status":400,"message":"{\"error\":{\"message\":\"This model's maximum context length is 4096 tokens. However, you requested 5000.\",\"type\":\"BadRequestError\",\"code\":400}}"}""");

        Assert.Equal((400, "context_length_exceeded"), ((int)response.StatusCode, (string?)JsonNode.Parse(body)!["error"]!["code"]));
    }

    [Fact]
    public async Task Model_SilentForTooLongWithoutShowErrors_IsReportedWithoutText()
    {
        var request = Reply.Request("""{"tokens":5,"fault":{"kind":"stall","after":3} }""", """{"model":"idle-3s"}""");

        var events = await ReadWarmAsync(request);

        Assert.Equal("model_silent", (string?)JsonNode.Parse(events[3])!["error"]!["code"]);
        Assert.Equal(" t0 t1", Reply.Join(events.Where(data => !data.StartsWith("{\"error\"", StringComparison.Ordinal))).Content);
        Assert.StartsWith("error: ", (string?)JsonNode.Parse(events[4])!["choices"]![0]!["finish_reason"], StringComparison.Ordinal);
        Assert.Equal("error", (string?)JsonNode.Parse(events[5])!["choices"]![0]!["finish_reason"]);
        Assert.Equal("[DONE]", events[6]);
    }

    [Fact]
    public async Task Reply_TakesTooLong_IsEnded()
    {
        var events = await ReadWarmAsync(Reply.Request("""{"tokens":1000,"pace_ms":20}""", """{"model":"total-3s"}"""));

        Assert.Contains(events, data => data.Contains("\"code\":\"reply_too_slow\"", StringComparison.Ordinal));
        Assert.True(events.Count < 1000);
    }

    [Fact]
    public async Task Reply_OfMoreTokensThanAllowed_EndsWithLength()
    {
        var events = await Reply.ReadAsync(function.Client, Reply.Request("""{"tokens":1000}""", """{"model":"many-settings"}"""));

        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $" t{i}")), Reply.Join(events).Content);
        Assert.Equal(["length"], events.SkipLast(1)
            .Select(data => (string?)JsonNode.Parse(data)!["choices"]?.AsArray().FirstOrDefault()?["finish_reason"]).OfType<string>());
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task ErrorTrailers_Always_FailTheInvocationToo()
    {
        var log = new Log();
        await using var lambda = await FunctionFixture.StartLambdaAsync(
            function.Emulator.Address, log,
                options =>
                    options with { Variables = new Dictionary<string, string>(options.Variables) { ["ERROR_TRAILERS"] = "always" } });
        using var client = FunctionFixture.CreateClient(lambda.Url);

        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":5,"fault":{"kind":"end","after":3} }"""));
        for (var i = 0; i < 7; i++)
        {
            Assert.NotNull(await reply.ReadEventAsync());
        }

        await log.WaitForAsync("REPORT", "RelayFailedException");
    }

    // In the process that all tests share, after a reply of the same model: the time of the model includes no start of a process.
    private async Task<IReadOnlyList<string>> ReadWarmAsync(JsonObject request)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        var warm = request.DeepClone().AsObject();
        warm["stand_in"] = JsonNode.Parse("""{"tokens":1}""");
        await Reply.ReadAsync(client, warm);
        return await Reply.ReadAsync(client, request);
    }

    private List<string> Endpoints(string id) =>
        [.. function.Emulator.Calls.Where(call => (string?)call.Body["user"] == id).Select(call => call.Path.Split('/')[2])];

    private async Task<(HttpResponseMessage Response, string Body)> AskAsync(
        string model, string id, string fault, HttpClient? client = null)
    {
        var request = Reply.Request($$"""{"tokens":3,"fault":{{fault}}}""", $$"""{"model":"{{model}}","user":"{{id}}","stream":false}""");
        var response = await (client
            ?? function.Client).PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        return (response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
