using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>The log line of a reply, written by the function's process.</summary>
public sealed class ReplyLogLineTests(FunctionFixture function)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Line_CompletedReply_HasItsFigures(bool isStreamed)
    {
        var request = Reply.Request("""{"reasoning":"thinking","content":"an answer of some words","part_bytes":50}""");
        request["stream"] = isStreamed;
        request["stream_options"] = isStreamed ? JsonNode.Parse("""{"include_usage":true}""") : null;
        using var response = await function.Client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var reply = body.Replace("\n: \n\n", "\n", StringComparison.Ordinal); // On a slow machine, the server adds comments.

        var line = await ReadLineAsync(function.Log, response.Headers.GetValues("x-request-id").Single());
        Assert.Equal(
            ("INFO", "test", FunctionFixture.Model, "chat", "0", 200, "completed"),
            ((string?)line["level"], (string?)line["key"], (string?)line["model"], (string?)line["operation"], (string?)line["target"],
                (int?)line["status"], (string?)line["outcome"]));
        Assert.Equal((1, 0, 1, 0, 0),
            ((int?)line["replies"], (int?)line["errors"], (int?)line["attempts"], (int?)line["retries"], (int?)line["coldWaits"]));
        Assert.Equal(Encoding.UTF8.GetByteCount(reply), (int?)line["bytes"]);
        Assert.All((string[])["inputTokens", "outputTokens", "events", "cuts"], name => Assert.True((long?)line[name] > 0, name));
        Assert.True((int?)line["parts"] > (int?)line["cuts"]);
        Assert.InRange((long)line["timeToFirstToken"]!, 0, (long)line["duration"]!);
        Assert.Equal(("LambdaChat", "lambdachat-local"),
            ((string?)line["_aws"]!["CloudWatchMetrics"]![0]!["Namespace"], (string?)line["function"]));
    }

    [Fact]
    public async Task Line_UncutPayloads_HaveNoCuts()
    {
        var (line, _) = await AskAsync(function.Client, function.Log, Reply.Request("""{"tokens":5}"""));

        Assert.Equal((0, (int?)line["events"] + 1), ((int?)line["cuts"], (int?)line["parts"])); // [DONE] is not an event.
    }

    [Fact]
    public async Task Line_RetriedCall_HasItsAttempts()
    {
        var (line,
            _) = await AskAsync(function.Client, function.Log,
                Reply.Request("""{"tokens":1,"fault":{"kind":"throttling","times":1} }""", """{"user":"line-retry"}"""));

        Assert.Equal((2, 1, 0), ((int?)line["attempts"], (int?)line["retries"], (int?)line["coldWaits"]));
    }

    [Fact]
    public async Task Line_ColdEndpoint_HasItsWait()
    {
        var (line,
            _) = await AskAsync(function.Client, function.Log,
                Reply.Request("""{"tokens":1,"fault":{"kind":"no_capacity","times":1} }""", """{"user":"line-cold","model":"cold-30s"}"""));

        Assert.Equal((1, "completed"), ((int?)line["coldWaits"], (string?)line["outcome"]));
    }

    [Fact]
    public async Task Line_OtherTask_HasItsOperation()
    {
        using var response = await function.Client.PostAsJsonAsync("v1/embeddings",
            new JsonObject { ["model"] = "pooling", ["input"] = "text" }, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        var line = await ReadLineAsync(function.Log, response.Headers.GetValues("x-request-id").Single());
        Assert.Equal(("embeddings", 1, body.Length), ((string?)line["operation"], (int?)line["events"], (int?)line["bytes"]));
    }

    [Fact]
    public async Task Line_WithoutUsage_HasNoTokens()
    {
        var (line, _) = await AskAsync(function.Client, function.Log, Reply.Request("""{"tokens":2}"""));

        Assert.False(line.ContainsKey("inputTokens") || line.ContainsKey("outputTokens") || line.ContainsKey("timePerOutputToken"));
        Assert.DoesNotContain("tokens in", (string?)line["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_BelowTheLevel_IsNotWritten()
    {
        var log = new Log();
        await using var lambda = await StartAsync(log, ("METRICS", "off"), ("AWS_LAMBDA_LOG_LEVEL", "WARN"));
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var whole = await SendAsync(client, Reply.Request("""{"tokens":2}"""));
        await log.WaitForAsync($"REPORT RequestId: {whole}");
        var (line, broken) = await AskAsync(client, log, Reply.Request("""{"tokens":2,"fault":{"kind":"end","after":1} }"""));

        Assert.Equal("ERROR", (string?)line["level"]);
        // Warnings of the start belong to no request.
        Assert.Equal([broken], log.Lines.Where(text => text.StartsWith('{')).Select(text => (string?)JsonNode.Parse(text)!["requestId"])
            .OfType<string>());
    }

    [Fact]
    public async Task Line_BelowTheLevelWithMetrics_IsRaisedToTheLevel()
    {
        var log = new Log();
        await using var lambda = await StartAsync(log, ("AWS_LAMBDA_LOG_LEVEL", "ERROR"));
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var (line, _) = await AskAsync(client, log, Reply.Request("""{"tokens":2}"""));

        Assert.Equal(("ERROR", "completed", 0), ((string?)line["level"], (string?)line["outcome"], (int?)line["errors"]));
    }

    // Lambda sets the format Text for each function that selects no format, and the template selects none.
    [Theory]
    [InlineData("off", "Text")]
    [InlineData("emf", "Text")]
    [InlineData("off", "JSON")]
    [InlineData("emf", "JSON")]
    public async Task Lines_EachOfLambdasFormats_AreJson(string metrics, string format)
    {
        var log = new Log();
        await using var lambda = await StartAsync(
            log, ("METRICS", metrics), ("AWS_LAMBDA_LOG_FORMAT", format),
            ("LIMITS", """{"models":{"deepseek-r1":{"requestsPerMinute":60}}}"""));
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var (line, _) = await AskAsync(client, log, Reply.Request("""{"tokens":2}"""));

        Assert.Equal(("completed", 200), ((string?)line["outcome"], (int?)line["status"]));
        Assert.NotNull(line["timeToFirstToken"]);
        Assert.Equal(metrics == "emf", line["_aws"] is not null);
        Assert.Equal("WARN", (string?)JsonNode.Parse(await log.WaitForAsync("One caller can use up"))!["level"]);
    }

    [Fact]
    public async Task Line_FunctionThatDoesNotStart_IsFatal()
    {
        var log = new Log();
        await using var lambda = await StartAsync(log, ("HOLD_SECONDS", "soon"));

        await Assert.ThrowsAsync<LocalException>(() => lambda.WarmUpAsync(TestContext.Current.CancellationToken));

        var line = JsonNode.Parse(await log.WaitForAsync("HOLD_SECONDS"))!;
        Assert.Equal(
            ("FATAL", "The function does not start. HOLD_SECONDS must be a whole number of seconds from 0 to 900."),
            ((string?)line["level"], (string?)line["message"]));
    }

    private Task<LocalLambda> StartAsync(Log log, params (string Name, string Value)[] variables) =>
        FunctionFixture.StartLambdaAsync(function.Emulator.Address, log, options => options with
        {
            Variables = options.Variables.Where(pair => !variables.Any(other => other.Name == pair.Key))
            .Concat(variables.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))).ToDictionary(),
        });

    private static async Task<(JsonObject Line, string Id)> AskAsync(HttpClient client, Log log, JsonObject request)
    {
        var id = await SendAsync(client, request);
        return (await ReadLineAsync(log, id), id);
    }

    // Returns the request id.
    private static async Task<string> SendAsync(HttpClient client, JsonObject request)
    {
        await using var reply = await Reply.StartAsync(client, request);
        await reply.ReadToEndAsync();
        return reply.Response.Headers.GetValues("x-request-id").Single();
    }

    private static async Task<JsonObject> ReadLineAsync(Log log, string id) =>
        JsonNode.Parse(await log.WaitForAsync("\"outcome\"", $"\"requestId\":\"{id}\""))!.AsObject();
}
