using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Authentication.Callers;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Reports;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Telemetry.Reports;

/// <summary>Replies of a clock of the test's own: 250 ms to the answer, 500 to the first record, 2.5 s to the end; 3 records in 5 parts.</summary>
internal sealed class SampleReports
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 21, 4, 35, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Now);

    /// <summary>What the line of a reply is, as text.</summary>
    public static string Write(ReplyReport report, bool hasMetrics, bool isText = false, LogLevel minimum = LogLevel.Information)
    {
        using var stream = new MemoryStream();
        using var output = new LogOutput(stream, isText, minimum);
        using var line = new ReplyLogLine(output, hasMetrics);
        line.Write(report, Now);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    public static JsonObject Parse(string line) => JsonNode.Parse(line)!.AsObject();

    public static Model Model(int targets = 1) =>
        new("r1", [.. Enumerable.Range(0, targets).Select(i => new Target($"endpoint-{i}", InferenceComponent: null, Variant: null, "us-east-1"))], "served");

    public ReplyReport Completed(int targets = 1, TokenUsage? usage = null, string? key = "alice") => Create(Model(targets), failure: null, usage, key);

    public ReplyReport Failed(ReplyFailure failure) => Create(Model(), failure, usage: null, "alice");

    public ReplyReport Create(Model model, ReplyFailure? failure, TokenUsage? usage, string? key)
    {
        var reply = new ReplyMeasurements(model, ModelTasks.Chat, Time);
        Time.Advance(TimeSpan.FromMilliseconds(250));
        using var invocation = failure is null ? EndpointResponse.Of(new RawPayloadReader(Stream.Null), connection: null) : EndpointResponse.Failed(failure);
        (invocation.Target, invocation.Attempts, invocation.HasWaitedCold) = (model.Targets.Count - 1, 3, true);
        reply.Note(invocation);
        Time.Advance(TimeSpan.FromMilliseconds(250));
        if (failure is null)
        {
            Relay(reply);
        }

        Time.Advance(TimeSpan.FromSeconds(2));
        (reply.Heartbeats, reply.SentBytes) = (4, 900);
        var context = new DefaultHttpContext { TraceIdentifier = "request-1" };
        context.Features.Set(new Caller(key));
        context.Response.StatusCode = failure is null ? 200 : failure.ToOpenAI().Status;
        return ReplyReport.Create(context, Caller.Of(context).Name, reply, failure, usage, Time);
    }

    private static void Relay(ReplyMeasurements reply)
    {
        for (var i = 0; i < 5; i++)
        {
            reply.PayloadReceived(isCut: i is 1 or 3);
        }

        reply.Events = 3;
        reply.Flushing(300);
    }
}
