namespace LambdaChat.Chat.Reports;

/// <summary>Tells those who listen of a reply: the metrics' and the spans' readers.</summary>
internal sealed class ReplyTelemetry(ChatMetrics metrics, ReplySpans spans)
{
    public void Ended(ReplyReport report)
    {
        metrics.Ended(report);
        spans.Ended(report);
    }
}
