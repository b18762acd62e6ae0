using System.Diagnostics;
using LambdaChat.Hosting;

namespace LambdaChat.Telemetry.Tracing;

/// <summary>
/// The trace of a request: the client's <c>traceparent</c>, else Lambda's trace, else the <c>X-Amzn-Trace-Id</c> of a load balancer or
/// an API.
/// Sources: https://www.w3.org/TR/trace-context/ and
/// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
/// </summary>
internal static class TraceHeaders
{
    private const string XRay = "X-Amzn-Trace-Id";

    /// <summary>
    /// The parent of the request's span; the default if there is no trace. <c>tracestate</c> is not read, because a client can put
    /// anything in it.
    /// </summary>
    public static ActivityContext Read(HttpContext context)
    {
        var headers = context.Request.Headers;
        return ActivityContext.TryParse(headers.TraceParent, traceState: null, isRemote: true, out var parent) ? parent
            : TryParse(context.Features.Get<InvocationTrace>()?.Header, out parent) ? parent
            : TryParse(headers[XRay], out parent) ? parent
            : default;
    }

    /// <summary>
    /// The custom attribute <c>traceparent=…</c> for the container, with the request's own span as the parent if it has one. Null if
    /// there is no trace.
    /// </summary>
    public static string? ToAttribute(HttpContext context)
    {
        if (Activity.Current is { Source.Name: ReplySpans.SourceName, IdFormat: ActivityIdFormat.W3C } span)
        {
            return "traceparent=" + span.Id;
        }

        var parent = Read(context);
        var spanId = parent.SpanId == default ? ActivitySpanId.CreateRandom() : parent.SpanId;
        return parent.TraceId == default ? null : $"traceparent=00-{parent.TraceId}-{spanId}-{(int)parent.TraceFlags:x2}";
    }

    /// <summary>
    /// Reads <c>Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1</c>. Only the root is required.
    /// The trace always counts as sampled: Lambda writes <c>Sampled=0</c> if X-Ray is off, also when another exporter is configured.
    /// </summary>
    public static bool TryParse(string? header, out ActivityContext context)
    {
        var (trace, parent) = (default(ActivityTraceId), default(ActivitySpanId));
        foreach (var field in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            if (field is ['R', 'o', 'o', 't', '=', '1', '-', .. { Length: 33 } root] && root[8] == '-' && IsId(root.Remove(8, 1)))
            {
                trace = ActivityTraceId.CreateFromString(root.Remove(8, 1));
            }
            else if (field is ['P', 'a', 'r', 'e', 'n', 't', '=', .. { Length: 16 } id] && IsId(id))
            {
                parent = ActivitySpanId.CreateFromString(id);
            }
        }

        context = new ActivityContext(trace, parent, ActivityTraceFlags.Recorded, traceState: null, isRemote: true);
        return trace != default;
    }

    private static bool IsId(string text) => text.All(char.IsAsciiHexDigitLower) && text.AsSpan().ContainsAnyExcept('0');
}
