using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Reports;
using LambdaChat.Telemetry.Tracing;

namespace LambdaChat.Telemetry;

/// <summary>Tells those who listen of a reply: the metrics' and the spans' readers.</summary>
internal sealed class ReplyTelemetry(ChatMetrics metrics, ReplySpans spans)
{
    public void Ended(ReplyReport report)
    {
        metrics.Ended(report);
        spans.Ended(report);
    }
}
