using System.Text;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>The spans and metrics that a collector receives over OTLP.</summary>
public sealed class TelemetryTests(FunctionFixture function) : IAsyncLifetime
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ParentId = "00f067aa0ba902b7";
    private const string SampledId = "00f067aa0ba902b8";

    private readonly TaskCompletionSource _answers = new();
    private readonly Log _log = new();
    private Collector _collector = new();
    private LocalLambda? _lambda;
    private HttpClient _client = new();

    [Fact]
    public async Task Reply_Streamed_IsASpanWithItsPhases()
    {
        await StartAsync();
        await ReadAsync("""{"reasoning":"thinking","content":"answer","part_bytes":40}""", """{"stream_options":{"include_usage":true}}""",
            traceparent: $"00-{TraceId}-{ParentId}-01");

        var spans = await _collector.ReadSpansAsync();
        Assert.Equal(["admit", "chat deepseek-r1", "first token", "invoke", "stream"],
            spans.Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.All(spans, span => Assert.Equal((TraceId, false), (span.TraceId, span.IsError)));
        var request = spans.Single(span => span.ParentId == ParentId);
        Assert.Equal(("chat deepseek-r1", 2UL), (request.Name, request.Kind));
        var phases = spans.Where(span => span.ParentId == request.SpanId).ToDictionary(span => span.Name);
        Assert.Equal(4, phases.Count);
        Assert.Equal((phases["invoke"].Start, phases["first token"].Start, phases["stream"].Start),
            (phases["admit"].End, phases["invoke"].End, phases["first token"].End));
        Assert.All(phases.Values, phase => Assert.True(phase.End > phase.Start, phase.Name));
        Assert.Equal(
            ("chat", "aws.sagemaker", "deepseek-r1", "test", "0", "completed", "200", "/v1/chat/completions"),
            (request.Attributes["gen_ai.operation.name"], request.Attributes["gen_ai.provider.name"],
                request.Attributes["gen_ai.request.model"], request.Attributes["lambdachat.key"],
                request.Attributes["lambdachat.target"], request.Attributes["lambdachat.outcome"],
                    request.Attributes["http.response.status_code"], request.Attributes["http.route"]));
        Assert.True(int.Parse(request.Attributes["gen_ai.usage.output_tokens"], System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task Reply_Failed_IsAnErrorOfItsStream()
    {
        await StartAsync();
        await ReadAsync("""{"tokens":5,"fault":{"kind":"model_stream_error","after":3} }""");

        var spans = await _collector.ReadSpansAsync();
        Assert.Equal(["chat deepseek-r1", "stream"],
            spans.Where(span => span.IsError).Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.All(spans.Where(span => span.IsError), span => Assert.Equal("stream_broken", span.Attributes["error.type"]));
    }

    [Fact]
    public async Task Metrics_OfAReply_HaveOpenTelemetrysNames()
    {
        await StartAsync();
        await ReadAsync("""{"reasoning":"thinking","content":"answer","part_bytes":40}""", """{"stream_options":{"include_usage":true}}""");

        var metrics = (await _collector.ReadMetricsAsync()).ToLookup(metric => metric.Name);
        Assert.Equal(14, metrics["gen_ai.server.request.duration"].Single().Buckets);
        Assert.Equal(16, metrics["gen_ai.server.time_to_first_token"].Single().Buckets);
        Assert.Equal(13, metrics["gen_ai.server.time_per_output_token"].Single().Buckets);
        Assert.Equal(["input", "output"],
            metrics["gen_ai.client.token.usage"].Select(metric => metric.Attributes["gen_ai.token.type"]).Order(StringComparer.Ordinal));
        Assert.Equal(("completed", 1.0),
            (metrics["lambdachat.replies"].Single().Attributes["lambdachat.outcome"], metrics["lambdachat.replies"].Single().Value));
        Assert.All((string[])["lambdachat.upstream.parts", "lambdachat.upstream.cuts"],
            name => Assert.True(metrics[name].Single().Value > 1, name));
        Assert.All(metrics.SelectMany(group => group),
            metric =>
                Assert.Equal(("deepseek-r1", "0"), (metric.Attributes["gen_ai.request.model"], metric.Attributes["lambdachat.target"])));
    }

    [Theory]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1", ParentId)]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=0;Lineage=1:ab:0", ParentId)]
    [InlineData("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736", "")]
    public async Task XRay_Trace_IsTheParent(string header, string parent)
    {
        await StartAsync();
        await ReadAsync(xRay: header);

        var request = (await _collector.ReadSpansAsync()).Single(span => span.Kind == 2);
        Assert.Equal((TraceId, parent), (request.TraceId, request.ParentId));
    }

    [Fact]
    public async Task Traceparent_NotSampled_ExportsNothing()
    {
        await StartAsync();
        await ReadAsync(traceparent: $"00-{TraceId}-{ParentId}-00");

        var (spans, _) = await _collector.ReceiveAsync(
            () => ReadAsync(traceparent: $"00-{TraceId}-{SampledId}-01"),
            received => received.Spans.Any(span => span.ParentId == SampledId));

        Assert.DoesNotContain(spans, span => span.ParentId == ParentId);
        Assert.Equal(spans.Count(span => span.Kind == 2), spans.Count(span => span.ParentId == SampledId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Traceparent_IfConfigured_IsACustomAttribute(bool hasCollector)
    {
        await StartAsync(hasCollector);
        await ReadAsync(members: """{"model":"traced","marker":"traced"}""", traceparent: $"00-{TraceId}-{ParentId}-01");
        await ReadAsync(members: """{"marker":"untraced"}""", traceparent: $"00-{TraceId}-{ParentId}-01");

        var sent = hasCollector ? (await _collector.ReadSpansAsync()).Single(span => span.Kind == 2).SpanId : ParentId;
        Assert.Equal($"traceparent=00-{TraceId}-{sent}-01", CallOf("traced")["X-Amzn-SageMaker-Custom-Attributes"]);
        Assert.DoesNotContain("X-Amzn-SageMaker-Custom-Attributes", CallOf("untraced").Keys, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("traceparent", CallOf("traced").Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Collector_Silent_DelaysNoReply()
    {
        _collector = new Collector { Answers = _answers.Task };
        await StartAsync();

        await ReadAsync();
        await _collector.ReadSpansAsync();
        await ReadAsync();
        await ReadAsync();

        Assert.False(_answers.Task.IsCompleted);
        await _log.WaitForAsync("The collector did not accept metrics and spans within 200 ms");
        Assert.Single(_lambda!.Environments.All);
    }

    [Fact]
    public async Task ExportsAndLog_ContainNoTextAndNoSecret()
    {
        await StartAsync();
        await ReadAsync("""{"reasoning":"spoken-thought","content":"spoken-answer"}""",
            """{"messages":[{"role":"user","content":"spoken-question"}],"user":"spoken-user"}""",
                traceparent: $"00-{TraceId}-{ParentId}-01");
        await ReadAsync(
            """{"fault":{"kind":"model_error","after":0,"message":"arn:aws:sagemaker:us-east-1:111122223333:endpoint/x spoken-error"} }""");
        await _collector.ReceiveAsync(
            async () =>
            {
                using var refused = await _client.GetAsync("v1/spoken-path?spoken-query", TestContext.Current.CancellationToken);
            },
            received => received.Spans.Any(span => span is { Name: "GET", Kind: 2 })
                && received.Points.Any(point => point.Attributes.GetValueOrDefault("lambdachat.outcome") == "container_error"));
        Assert.Contains(_collector.Received.Spans, span => span is { Name: "chat deepseek-r1", ParentId: ParentId });
        Assert.Contains(_collector.Received.Spans, span => span is { Name: "chat deepseek-r1", IsError: true });

        var seen = string.Join('\n', [.. _log.Lines, .. _collector.Bodies.Select(Encoding.Latin1.GetString)]);
        Assert.Contains("deepseek-r1", seen, StringComparison.Ordinal);
        Assert.All(
            (string[])["spoken", FunctionFixture.Key, "arn:aws", "111122223333", _lambda!.Url.Authority,
                .. FunctionFixture.Variables(function.Emulator.Address)
                    .Where(pair => pair.Key.Contains("KEY", StringComparison.Ordinal)
                        || pair.Key.Contains("TOKEN", StringComparison.Ordinal)).Select(pair => pair.Value.Split('=')[^1])],
            secret => Assert.DoesNotContain(secret, seen, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenTelemetry_IsLoadedOnlyIfConfigured(bool hasCollector)
    {
        await StartAsync(hasCollector);
        await ReadAsync();

        var loaded = await File.ReadAllTextAsync($"/proc/{_lambda!.Environments.All.Single().ProcessId}/maps",
            TestContext.Current.CancellationToken);
        var isNative = !loaded.Contains("LambdaChat.dll", StringComparison.Ordinal);
        Assert.Equal(hasCollector && !isNative, loaded.Contains("OpenTelemetry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoint_Invalid_FailsTheStart()
    {
        await using var lambda = await StartLambdaAsync("collector:4318");

        await Assert.ThrowsAsync<LocalException>(() => lambda.WarmUpAsync(TestContext.Current.CancellationToken));
        await _log.WaitForAsync("OTEL_EXPORTER_OTLP_ENDPOINT must be an address like http://localhost:4318.");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _answers.TrySetResult();
        if (_lambda is not null)
        {
            await _lambda.DisposeAsync();
        }

        await _collector.DisposeAsync();
    }

    private async Task StartAsync(bool hasCollector = true)
    {
        await _collector.StartAsync();
        _lambda = await StartLambdaAsync(hasCollector ? _collector.Address.ToString() : "");
        _client = FunctionFixture.CreateClient(_lambda.Url);
    }

    // The export intervals are long, so only the flush at the end of an invocation exports during a test.
    private Task<LocalLambda> StartLambdaAsync(string collector) =>
        FunctionFixture.StartLambdaAsync(function.Emulator.Address, _log, options => options with
        {
            MaxEnvironments = 1,
            IdleGrace = WaitLimit.Duration, // A request waits for the export of the one before.
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["MODELS"] =
                $$"""[{"name":"{{FunctionFixture.Model}}","endpoint":"demo"},{"name":"traced","endpoint":"demo","customAttributes":{"trace":true} }]""",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector,
                ["OTEL_BSP_SCHEDULE_DELAY"] = "600000",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "600000",
                ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "600000",
            },
        });

    private async Task ReadAsync(
        string standIn = """{"tokens":2}""", string members = "{}", string? traceparent = null, string? xRay = null)
    {
        _client.DefaultRequestHeaders.Remove("traceparent");
        _client.DefaultRequestHeaders.Remove("X-Amzn-Trace-Id");
        if (traceparent is not null)
        {
            _client.DefaultRequestHeaders.Add("traceparent", traceparent);
        }

        if (xRay is not null)
        {
            _client.DefaultRequestHeaders.Add("X-Amzn-Trace-Id", xRay);
        }

        await Reply.ReadAsync(_client, Reply.Request(standIn, members));
    }

    private IReadOnlyDictionary<string, string> CallOf(string marker) =>
        function.Emulator.Calls.Last(call => (string?)call.Body["marker"] == marker).Headers;
}
