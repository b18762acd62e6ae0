using LambdaChat.Authentication.Callers;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Telemetry;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Api.Replies;

/// <summary>Reports each reply at its end: as one log line and, if an exporter is configured, as metrics and spans.</summary>
/// <param name="telemetry">Null if no exporter is configured.</param>
internal sealed class ReplyReporter(TimeProvider timeProvider, ReplyLogLine line, ReplyTelemetry? telemetry = null)
{
    public void End(HttpContext context, ReplyMeasurements reply, ReplyFailure? failure, TokenUsage? usage)
    {
        var report = ReplyReport.Create(context, Caller.Of(context).Name, reply, failure, usage, timeProvider);
        line.Write(report, timeProvider.GetUtcNow());
        telemetry?.Ended(report);
    }
}
