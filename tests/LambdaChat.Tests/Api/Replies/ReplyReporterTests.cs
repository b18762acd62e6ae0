using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Authentication.Callers;
using LambdaChat.Failures;
using LambdaChat.Hosting;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Reports;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class ReplyReporterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 21, 4, 35, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);

    [Fact]
    public void CreateReport_CompletedReply_HasItsMeasurements()
    {
        var report = CreateReport(failure: null, new TokenUsage(5, 11) { Cached = 4 });

        Assert.Equal(
            new ReplyReport
            {
                RequestId = "request-1",
                Key = "alice",
                Model = "r1",
                Operation = "chat",
                Target = 1,
                HasSeveralTargets = true,
                Status = 200,
                LimitsDecision = "in-time",
                EndedAt = Now.AddMilliseconds(2500),
                Duration = TimeSpan.FromMilliseconds(2500),
                TimeToResponse = TimeSpan.FromMilliseconds(250),
                TimeToFirstToken = TimeSpan.FromMilliseconds(500),
                TimePerOutputToken = TimeSpan.FromMilliseconds(200),
                InputTokens = 5,
                OutputTokens = 11,
                CachedTokens = 4,
                Attempts = 3,
                HasWaitedCold = true,
                Events = 3,
                Payloads = 5,
                SplitRecords = 2,
                Heartbeats = 4,
                SentBytes = 900,
                MaxUnflushedBytes = 300,
            },
            report);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void CreateReport_NoSecondToken_HasNoTimePerOutputToken(long tokens) =>
        Assert.Null(CreateReport(failure: null, new TokenUsage(5, tokens)).TimePerOutputToken);

    [Fact]
    public void CreateReport_FailedReply_HasItsFailure()
    {
        var failure = new ReplyFailure(FailureKind.Throttled);

        var report = CreateReport(failure, usage: null);

        Assert.Same(failure, report.Failure);
        Assert.Equal((429, null, null, null), (report.Status, report.TimeToFirstToken, report.InputTokens, report.OutputTokens));
    }

    [Theory]
    [InlineData((int)ModelTasks.Chat, "chat")]
    [InlineData((int)ModelTasks.Completions, "text_completion")]
    [InlineData((int)ModelTasks.Embeddings, "embeddings")]
    [InlineData((int)ModelTasks.Rerank, "rerank")]
    [InlineData((int)ModelTasks.Score, "score")]
    public void OperationOf_Task_IsOpenTelemetrysName(int task, string expected) =>
        Assert.Equal(expected, ReplyReporter.OperationOf((ModelTasks)task));

    [Fact]
    public void OperationOf_EachTask_HasItsOwnName() =>
        Assert.Equal(5,
            Enum.GetValues<ModelTasks>().Where(task => task != ModelTasks.None).Select(ReplyReporter.OperationOf).Distinct().Count());

    /// <summary>The counter is that of the process, which includes other invocations.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void End_OneInvocationAtATime_LogsTheAllocatedBytes(int concurrency, bool isLogged)
    {
        using var lines = new MemoryStream();
        using var output = new LogOutput(lines);
        using var line = new ReplyLogLine(output, hasMetrics: false);
        var lambda = new LambdaEnvironment("localhost:1", IsSamLocal: false, concurrency);
        var reply = new ReplyMeasurements(new Model("r1", [], ""), ModelTasks.Chat, _time);

        new ReplyReporter(_time, line, lambda: lambda).End(
            new DefaultHttpContext(), new ReplyOutcome(reply, Failure: null, Usage: null), limitsDecision: null);

        Assert.Equal(isLogged, JsonNode.Parse(lines.ToArray())!["allocated"] is not null);
    }

    private ReplyReport CreateReport(ReplyFailure? failure, TokenUsage? usage)
    {
        var model = new Model("r1",
            [.. Enumerable.Range(0, 2).Select(i => new Target($"endpoint-{i}", InferenceComponent: null, Variant: null, "us-east-1"))],
                "served");
        var reply = new ReplyMeasurements(model, ModelTasks.Chat, _time);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        using var response = failure is null
            ? EndpointResponse.Of(new RawPayloadReader(Stream.Null), connection: null)
            : EndpointResponse.Failed(failure);
        (response.Target, response.Attempts, response.HasWaitedCold) = (1, 3, true);
        reply.Note(response);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        if (failure is null)
        {
            RelayRecords(reply);
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        (reply.Heartbeats, reply.SentBytes) = (4, 900);
        var context = new DefaultHttpContext { TraceIdentifier = "request-1" };
        context.Features.Set(new Caller("alice"));
        context.Response.StatusCode = failure is null ? 200 : failure.ToError().Status;
        return ReplyReporter.CreateReport(context, new ReplyOutcome(reply, failure, usage), "in-time", _time);
    }

    private static void RelayRecords(ReplyMeasurements reply)
    {
        for (var i = 0; i < 5; i++)
        {
            reply.PayloadReceived(isCut: i is 1 or 3);
        }

        reply.Events = 3;
        reply.Flushing(300);
    }
}
