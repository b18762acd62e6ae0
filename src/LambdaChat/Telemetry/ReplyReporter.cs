using LambdaChat.Authentication.Callers;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry;

/// <summary>Measures replies, and tells of each at its end: in one log line, and where somebody listens as metrics and spans.</summary>
/// <param name="telemetry">Null where nobody listens.</param>
internal sealed class ReplyReporter(TimeProvider timeProvider, ReplyLogLine line, ReplyTelemetry? telemetry = null)
{
    public ReplyMeasurements Begin(Model model, ModelTasks task) => new(model, task, timeProvider);

    public void End(HttpContext context, ReplyMeasurements reply, ReplyFailure? failure, TokenUsage? usage)
    {
        var report = ReplyReport.Create(context, Caller.Of(context).Name, reply, failure, usage, timeProvider);
        line.Write(report, timeProvider.GetUtcNow());
        telemetry?.Ended(report);
    }
}
