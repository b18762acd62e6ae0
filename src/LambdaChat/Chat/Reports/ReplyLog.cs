using LambdaChat.Authentication;
using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Replies;
using LambdaChat.Errors;
using LambdaChat.Models;

namespace LambdaChat.Chat.Reports;

/// <summary>Measures replies, and tells of each at its end: in one log line, and where somebody listens as metrics and spans.</summary>
/// <param name="telemetry">Null where nobody listens.</param>
internal sealed class ReplyLog(TimeProvider timeProvider, ReplyLine line, ReplyTelemetry? telemetry = null)
{
    public MeasuredReply Begin(Model model, ModelTasks task) => new(model, task, timeProvider);

    public void End(HttpContext context, MeasuredReply reply, RelayFailure? failure, TokenUsage? usage)
    {
        var report = ReplyReport.Create(context, Caller.Of(context).Name, reply, failure, usage, timeProvider);
        line.Write(report, timeProvider.GetUtcNow());
        telemetry?.Ended(report);
    }
}
