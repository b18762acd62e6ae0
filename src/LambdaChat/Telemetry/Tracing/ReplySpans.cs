using System.Diagnostics;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Tracing;

/// <summary>
/// The phases of a reply as spans below the request's own, made at its end of the times that were taken, so that nothing of it stands on
/// a token's way: <c>admit</c> up to the call, <c>invoke</c> until SageMaker answered, <c>first token</c>, and <c>stream</c> to the end.
/// Source of the attributes: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
/// </summary>
internal sealed class ReplySpans(TimeProvider timeProvider) : IDisposable
{
    public const string SourceName = "LambdaChat";

    private readonly ActivitySource _source = new(SourceName);

    /// <summary>Begins the span of a request.</summary>
    /// <param name="parent">Who asked for it; the default for nobody.</param>
    /// <returns>Null where nobody wants it.</returns>
    public Activity? Begin(string name, ActivityContext parent) => _source.StartActivity(name, ActivityKind.Server, parent);

    /// <summary>A reply has ended: its request gets the attributes, and the phases as children.</summary>
    public void Ended(ReplyReport report)
    {
        if (Activity.Current is not { IsAllDataRequested: true, Source.Name: SourceName } request)
        {
            return;
        }

        Describe(request, report);
        var (reply, failure) = (report.Reply, report.Failure is null ? null : report.Outcome);
        var end = (timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(report.End)).UtcDateTime;
        var start = TimeOf(reply.Start);
        var answered = TimeOf(reply.Answered ?? report.End);
        Add(request, "admit", ActivityKind.Internal, request.StartTimeUtc, start, failure: null);
        Add(request, "invoke", ActivityKind.Client, start, answered, reply.Answered is null || (reply.First is null && reply.Payloads == 0) ? failure : null);
        if (reply.First is { } first)
        {
            Add(request, "first token", ActivityKind.Internal, answered, TimeOf(first), failure: null);
            Add(request, "stream", ActivityKind.Internal, TimeOf(first), end, failure);
        }
        else if (failure is not null && reply.Payloads > 0)
        {
            Add(request, "first token", ActivityKind.Internal, answered, end, failure);
        }

        DateTime TimeOf(long timestamp) => end - timeProvider.GetElapsedTime(timestamp, report.End);
    }

    public void Dispose() => _source.Dispose();

    private static void Describe(Activity request, ReplyReport report)
    {
        var operation = Outcomes.OperationOf(report.Reply.Task);
        request.DisplayName = $"{operation} {report.Reply.Model.Name}";
        request.SetTag("gen_ai.operation.name", operation);
        request.SetTag("gen_ai.provider.name", ChatMetrics.Provider);
        request.SetTag("gen_ai.request.model", report.Reply.Model.Name);
        request.SetTag("gen_ai.usage.input_tokens", report.Usage?.Prompt);
        request.SetTag("gen_ai.usage.output_tokens", report.Usage?.Completion);
        request.SetTag("lambdachat.key", report.Key);
        request.SetTag("lambdachat.target", report.Reply.Target);
        request.SetTag("lambdachat.attempts", report.Reply.Attempts);
        request.SetTag("lambdachat.outcome", report.Outcome);
        if (report.Failure is not null)
        {
            request.SetTag("error.type", report.Outcome);
            request.SetStatus(ActivityStatusCode.Error);
        }
    }

    private void Add(Activity request, string name, ActivityKind kind, DateTime start, DateTime end, string? failure)
    {
        using var phase = _source.StartActivity(name, kind, request.Context, tags: null, links: null, start);
        if (failure is not null)
        {
            phase?.SetTag("error.type", failure);
            phase?.SetStatus(ActivityStatusCode.Error);
        }

        phase?.SetEndTime(end > start ? end : start.AddTicks(1)); // A span without length would end now.
    }
}
