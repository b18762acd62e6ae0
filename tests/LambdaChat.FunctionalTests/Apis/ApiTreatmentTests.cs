using System.Net;
using System.Text;
using LambdaChat.FunctionalTests.Limits;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>Keys, limits, budgets, CORS, the log line, its metrics and traces are the same for each API that generates text.</summary>
public sealed class ApiTreatmentTests(ApiTreatmentFixture fixture) : IClassFixture<ApiTreatmentFixture>
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string User = """{"role":"user","content":"hi"}""";

    private static readonly Dictionary<string, string> Requests = new(StringComparer.Ordinal)
    {
        ["v1/chat/completions"] = $$"""{"model":"continued","stream":true,"messages":[{{User}}]}""",
        ["v1/completions"] = """{"model":"continued","stream":true,"prompt":"hi"}""",
        ["v1/responses"] = """{"model":"continued","stream":true,"input":"hi"}""",
        ["v1/messages"] = $$"""{"model":"continued","stream":true,"max_tokens":100,"messages":[{{User}}]}""",
        ["api/chat"] = """{"model":"continued","messages":[{"id":"u","role":"user","parts":[{"type":"text","text":"hi"}]}]}""",
        ["ag-ui"] =
            """{"threadId":"t","runId":"r","forwardedProps":{"model":"continued"},"messages":[{"id":"u","role":"user","content":"hi"}]}""",
    };

    public static TheoryData<string> Paths => new(Requests.Keys);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Reply_OfEachApi_IsReportedAndPaid(string path)
    {
        var parent = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..16];

        using var first = await AskAsync(
            path, ApiTreatmentFixture.Key, ("traceparent", $"00-{TraceId}-{parent}-01"), ("Origin", "https://a.example"));
        using var second = await AskAsync(path, ApiTreatmentFixture.Key);
        using var third = await AskAsync(path, ApiTreatmentFixture.Key);

        Assert.Equal([200, 200, 200], [(int)first.StatusCode, (int)second.StatusCode, (int)third.StatusCode]);
        Assert.Equal("*", LimitedFunction.Header(first, "Access-Control-Allow-Origin"));
        var line = await fixture.ReadLineAsync(second);
        Assert.Equal(
            ("budget", "continued", path == "v1/completions" ? "text_completion" : "chat", 200, "completed"),
            ((string?)line["key"], (string?)line["model"], (string?)line["operation"], (int?)line["status"], (string?)line["outcome"]));
        Assert.All((string[])["inputTokens", "outputTokens", "events", "bytes"], name => Assert.True((long?)line[name] > 0, name));
        Assert.Equal("LambdaChat", (string?)line["_aws"]!["CloudWatchMetrics"]![0]!["Namespace"]);
        Assert.Equal((int)line["inputTokens"]! + (int)line["outputTokens"]!, Remaining(second) - Remaining(third)); // Not the estimate.
        var span = await fixture.ReadSpanAsync(parent);
        Assert.Equal((TraceId, "budget", "completed"), (span.TraceId, span.Attributes["lambdachat.key"], span.Attributes["lambdachat.outcome"]));
        Assert.StartsWith($"/{path}", span.Attributes["http.route"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Caller_OfEachApi_NeedsAKeyAndHasItsLimit(string path)
    {
        var statuses = new List<HttpStatusCode>();
        do
        {
            using var response = await AskAsync(path, ApiTreatmentFixture.FewKey);
            statuses.Add(response.StatusCode);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.Contains("Rate limit exceeded: 1 requests per minute for this key.", body, StringComparison.Ordinal);
                Assert.NotNull(LimitedFunction.Header(response, "Retry-After"));
            }
        }
        while (statuses[^1] == HttpStatusCode.OK && statuses.Count < 4); // The minute may end meanwhile.

        using var refused = await AskAsync(path, "sk-wrong");

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Preflight_OfEachApi_NeedsNoKey(string path)
    {
        using var response = await fixture.SendAsync(() =>
        {
            var message = new HttpRequestMessage(HttpMethod.Options, path);
            message.Headers.Add("Origin", "https://a.example");
            message.Headers.Add("Access-Control-Request-Method", "POST");
            message.Headers.Add("Access-Control-Request-Headers", "x-api-key,anthropic-version,anthropic-beta,authorization,content-type");
            return message;
        });

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Contains("anthropic-version", LimitedFunction.Header(response, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }

    private static long Remaining(HttpResponseMessage response) =>
        long.Parse(LimitedFunction.Header(response, "x-ratelimit-remaining-tokens")!, System.Globalization.CultureInfo.InvariantCulture);

    // The function reads the key of Anthropic's clients where they send it.
    private Task<HttpResponseMessage> AskAsync(string path, string key, params (string Name, string Value)[] headers) =>
        fixture.SendAsync(() =>
        {
            var message = new HttpRequestMessage(HttpMethod.Post, path);
            message.Content = new StringContent(Requests[path], Encoding.UTF8, "application/json");
            var isAnthropics = path == "v1/messages";
            message.Headers.Add(isAnthropics ? "x-api-key" : "Authorization", isAnthropics ? key : $"Bearer {key}");
            Array.ForEach(headers, header => message.Headers.Add(header.Name, header.Value));
            return message;
        });
}
