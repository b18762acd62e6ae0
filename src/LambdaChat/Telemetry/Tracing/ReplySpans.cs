using System.Diagnostics;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Tracing;

/// <summary>
/// Creates the spans of a reply's phases below the span of its request: <c>admit</c> until the call, <c>invoke</c> until SageMaker's
/// response, <c>first token</c>, and <c>stream</c> until the end. They are created after the reply, so they cost nothing per token.
/// Source of the attributes: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
/// </summary>
internal sealed class ReplySpans : IDisposable
{
    public const string SourceName = "LambdaChat";

    private readonly ActivitySource _source = new(SourceName);

    /// <summary>Starts the span of a request.</summary>
    /// <param name="parent">The span to which the request belongs; <c>default</c> starts a new trace.</param>
    /// <returns>Null if no exporter listens.</returns>
    public Activity? Begin(string name, ActivityContext parent) => _source.StartActivity(name, ActivityKind.Server, parent);

    /// <summary>Adds the attributes of a reply that has ended, and its phases, to the span of the request.</summary>
    public void Ended(ReplyReport report)
    {
        if (Activity.Current is not { IsAllDataRequested: true, Source.Name: SourceName } request)
        {
            return;
        }

        Describe(request, report);
        var failure = report.Failure is null ? null : report.Outcome;
        var end = report.EndedAt.UtcDateTime;
        var start = end - report.Duration;
        var responded = start + (report.TimeToResponse ?? report.Duration);
        var isCallFailed = report.TimeToResponse is null || (report.TimeToFirstToken is null && report.Payloads == 0);
        Add(request, "admit", ActivityKind.Internal, request.StartTimeUtc, start, failure: null);
        Add(request, "invoke", ActivityKind.Client, start, responded, isCallFailed ? failure : null);
        if (report.TimeToFirstToken is { } first)
        {
            Add(request, "first token", ActivityKind.Internal, responded, start + first, failure: null);
            Add(request, "stream", ActivityKind.Internal, start + first, end, failure);
        }
        else if (failure is not null && report.Payloads > 0)
        {
            Add(request, "first token", ActivityKind.Internal, responded, end, failure);
        }
    }

    public void Dispose() => _source.Dispose();

    private static void Describe(Activity request, ReplyReport report)
    {
        request.DisplayName = $"{report.Operation} {report.Model}";
        request.SetTag("gen_ai.operation.name", report.Operation);
        request.SetTag("gen_ai.provider.name", ChatMetrics.Provider);
        request.SetTag("gen_ai.request.model", report.Model);
        request.SetTag("gen_ai.usage.input_tokens", report.InputTokens);
        request.SetTag("gen_ai.usage.output_tokens", report.OutputTokens);
        request.SetTag("gen_ai.usage.cache_read.input_tokens", report.CachedTokens);
        request.SetTag("lambdachat.key", report.Key);
        request.SetTag("lambdachat.target", report.Target);
        request.SetTag("lambdachat.attempts", report.Attempts);
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

        // If the end is not after the start, the span would end at the current time.
        phase?.SetEndTime(end > start ? end : start.AddTicks(1));
    }
}
