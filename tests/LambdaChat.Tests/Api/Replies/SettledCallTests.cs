using System.Text;
using LambdaChat.Api.Completions;
using LambdaChat.Api.Pooling;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

/// <summary>What a call costs, from the request to the counters of its key.</summary>
public sealed class SettledCallTests : IDisposable
{
    private static readonly string Text = new('x', 3000);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _client = new();
    private readonly Model _model = new("r1", [new Target("a", null, null, "eu-west-1"), new Target("b", null, null, "eu-west-1")], "")
    {
        ColdTimeout = TimeSpan.FromMinutes(10),
        Tasks = ModelTasks.Completions | ModelTasks.Rerank | ModelTasks.Score,
    };

    [Theory]
    [InlineData("""{"max_tokens":1,"n_predict":1000000}""", ""","usage":{"prompt_tokens":9,"completion_tokens":6000}""", 6009)]
    [InlineData("""{"max_tokens":1,"new_name":1000000}""", ""","usage":{"prompt_tokens":9,"completion_tokens":6000}""", 1010)]
    [InlineData("""{"max_tokens":1000}""", ""","usage":{"prompt_tokens":9,"completion_tokens":900}""", 909)]
    public async Task Document_WithUsage_CostsAtLeastWhatCame(string members, string usage, long expected) =>
        Assert.Equal(expected, await CompleteAsync(members, new ScriptedCall(Completion(usage))));

    [Fact]
    public async Task Document_WithoutUsage_CostsItsText() =>
        Assert.InRange(await CompleteAsync("{}", new ScriptedCall(Completion(""))), 1001, 1050); // With the prompt.

    [Fact]
    public async Task Document_InPlaceOfAStream_CostsItsText() =>
        Assert.InRange(await CompleteAsync("""{"stream":true}""", new ScriptedCall(Completion(""))), 1001, 1060);

    [Fact]
    public async Task Stream_WithoutUsage_CostsItsEvents()
    {
        var events = string.Concat(Enumerable.Repeat("data: {\"choices\":[{\"index\":0,\"text\":\" word\"}]}\n\n", 50));

        var tokens = await CompleteAsync("""{"stream":true}""", new ScriptedCall(events, new ReplyFailure(FailureKind.ConnectionLost)));

        Assert.InRange(tokens, 51, 90);
    }

    [Fact]
    public async Task Client_ThatLeavesADocument_PaysTheTimeOfTheCall()
    {
        using var payloads = new ScriptedPayloads();
        var call = CompleteAsync("""{"max_tokens":32000}""", new ScriptedResponses(Same(payloads)));
        await payloads.ReadingAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        await _client.CancelAsync();

        Assert.InRange(await call, 1001, 1040);
    }

    [Fact]
    public async Task Client_ThatLeavesAStreamBeforeItsFirstEvent_PaysThePrompt()
    {
        using var payloads = new ScriptedPayloads();
        var call = CompleteAsync("""{"max_tokens":32000,"stream":true}""", new ScriptedResponses(Same(payloads)));
        await payloads.ReadingAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        await _client.CancelAsync();

        Assert.InRange(await call, 1, 40);
    }

    [Fact]
    public async Task Client_ThatLeavesBetweenTwoCalls_PaysThePrompt()
    {
        var refusal = new ScriptedCall("") { Refusal = new ReplyFailure(FailureKind.Cold) };
        var call = CompleteAsync("""{"max_tokens":32000}""", new ScriptedCalls([.. Enumerable.Repeat(refusal, 50)]));
        _time.Advance(TimeSpan.FromSeconds(3));
        await _client.CancelAsync();

        Assert.InRange(await call, 1, 40);
    }

    [Fact]
    public async Task Document_ThatTimesOut_CostsItsTime()
    {
        var timeout = new ScriptedCall("") { Refusal = new ReplyFailure(FailureKind.ModelTimeout) };
        var calls = new SlowCalls(_time, TimeSpan.FromSeconds(60), new ScriptedCalls([.. Enumerable.Repeat(timeout, 5)]));

        Assert.InRange(await CompleteAsync("""{"max_tokens":32000}""", calls), 3001, 3040);
        Assert.InRange(await CompleteAsync("""{"max_tokens":100}""", calls), 101, 140); // Its reservation.
    }

    [Theory]
    [InlineData("queries", "items", nameof(ModelTasks.Score))]
    [InlineData("data_1", "data_2", nameof(ModelTasks.Score))]
    [InlineData("query", "documents", nameof(ModelTasks.Rerank))]
    public async Task Pairs_CostWhatTheServerReports(string first, string second, string task)
    {
        var texts = string.Join(',', Enumerable.Repeat("\"a\"", 1000));
        var body = $$"""{"{{first}}":"{{new string('x', 24_000)}}","{{second}}":[{{texts}}]}""";

        var tokens = await PoolAsync(body, task, """{"data":[],"usage":{"prompt_tokens":6000000,"total_tokens":6000000}}""");

        Assert.Equal(6_000_000, tokens);
    }

    [Theory]
    [InlineData("""{"results":[],"usage":{"total_tokens":7}}""", 7)]
    [InlineData("""{"results":[],"usage":{"prompt_tokens":7,"total_tokens":7}}""", 7)]
    [InlineData("""{"results":[],"usage":{"prompt_tokens":7,"completion_tokens":1000}}""", 7)] // It generates nothing.
    [InlineData("""{"results":[]}""", 15)] // A third of the request.
    public async Task Rerank_CostsItsPrompt(string document, long expected) =>
        Assert.Equal(expected, await PoolAsync("""{"query":"x","documents":["x"]}""", nameof(ModelTasks.Rerank), document));

    public void Dispose() => _client.Dispose();

    private static Dictionary<string, ScriptedPayloads> Same(ScriptedPayloads payloads) => new() { ["a"] = payloads, ["b"] = payloads };

    private static string Completion(string usage) =>
        $$"""{"choices":[{"index":0,"text":"{{Text}}","finish_reason":"stop"}]{{usage}}}""";

    private Task<long> CompleteAsync(string members, ScriptedCall call) => CompleteAsync(members, new ScriptedCalls(call));

    private Task<long> CompleteAsync(string members, IEndpointClient client) => RunAsync(
        $$"""{"model":"r1","prompt":"hi"{{(members == "{}" ? "}" : "," + members[1..])}}""",
        client,
        (reader, targets, reporter, limiter) =>
        {
            var settings = new RelaySettings(TimeSpan.Zero, TimeSpan.Zero);
            var relay = new ReplyRelay(targets, settings, NullLogger<ReplyRelay>.Instance, _time);
            var call = new RelayedCall(relay, settings, reporter, ReplyMemory.Create(_time));
            return new CompletionEndpoint(reader, call, settings, _time, limiter).HandleAsync;
        });

    private Task<long> PoolAsync(string body, string task, string document) => RunAsync(
        "{\"model\":\"r1\"," + body[1..],
        new ScriptedCalls(new ScriptedCall(document)),
        (reader, targets, reporter, limiter) =>
        {
            var call = new PoolingCall(targets, new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), reporter, ReplyMemory.Create(_time),
                _time, NullLogger<PoolingCall>.Instance);
            var endpoints = new PoolingEndpoints(reader, call, limiter);
            return task == nameof(ModelTasks.Rerank) ? endpoints.RerankAsync : endpoints.ScoreAsync;
        });

    // The tokens that a request costs its key.
    private async Task<long> RunAsync(
        string body, IEndpointClient client, Func<RequestReader, TargetCaller, ReplyReporter, UsageLimiter, RequestDelegate> create)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("LIMITS", """{"keys":{"*":{"tokensPerDay":1000000000000}}}""")]).Build();
        var counters = new LocalUsageCounters(_time);
        var limiter = new UsageLimiter(LimitSettings.Read(configuration), counters, _time, NullLogger<UsageLimiter>.Instance);
        var reader = new RequestReader(new ModelCatalog([_model]), RequestLimits.Default, new MemoryBudget(10_000_000, _time), _time);
        var targets = new TargetCaller(client, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        using var log = new MemoryStream();
        using var output = new LogOutput(log);
        using var line = new ReplyLogLine(output, hasMetrics: false);
        using var response = new MemoryStream();
        var context = new DefaultHttpContext { RequestAborted = _client.Token };
        var completed = new CompletedResponse();
        context.Features.Set<IHttpResponseFeature>(completed);
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));

        await create(reader, targets, new ReplyReporter(_time, line), limiter)(context);
        await completed.CompleteAsync();

        var limits = new LimitSet { TokensPerDay = long.MaxValue };
        var next = Reservation.Of(LimitPartition.OfKey(null), limits, ofModel: null, _model, new TokenEstimate(0, 0), _time.GetUtcNow());
        Assert.Null(counters.TryTake(next));
        return Assert.Single(next.Windows).Seen.Tokens;
    }

    /// <summary>Runs what a server runs after a response: the settlement.</summary>
    private sealed class CompletedResponse : HttpResponseFeature
    {
        private readonly List<(Func<object, Task> Callback, object State)> _callbacks = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => _callbacks.Add((callback, state));

        public async Task CompleteAsync()
        {
            foreach (var (callback, state) in _callbacks)
            {
                await callback(state);
            }
        }
    }

    private sealed class SlowCalls(FakeTimeProvider time, TimeSpan duration, IEndpointClient client) : IEndpointClient
    {
        public Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
        {
            time.Advance(duration);
            return client.CallAsync(target, call, cancellationToken);
        }
    }
}
