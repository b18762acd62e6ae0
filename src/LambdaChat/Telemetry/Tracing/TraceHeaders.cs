using System.Diagnostics;
using LambdaChat.Hosting;
using LambdaChat.Models;

namespace LambdaChat.Telemetry.Tracing;

/// <summary>
/// Which trace a request belongs to: the client's <c>traceparent</c>, else Lambda's own trace, else the header of a load balancer or an API.
/// Sources: https://www.w3.org/TR/trace-context/ and https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
/// </summary>
internal static class TraceHeaders
{
    private const string XRay = "X-Amzn-Trace-Id";

    /// <summary>The default where nobody names a trace. A <c>tracestate</c> is left behind: it may say anything.</summary>
    public static ActivityContext Read(HttpContext context)
    {
        var headers = context.Request.Headers;
        return ActivityContext.TryParse(headers.TraceParent, traceState: null, isRemote: true, out var parent) ? parent
            : TryParse(context.Features.Get<InvocationTrace>()?.Header, out parent) ? parent
            : TryParse(headers[XRay], out parent) ? parent
            : default;
    }

    /// <summary>
    /// The <c>traceparent</c> to send on to a container, as the custom attribute <c>traceparent=…</c>: of the request's own span where it
    /// has one. Null where there is no trace, or the model wants none.
    /// </summary>
    public static string? ToAttribute(Model model, HttpContext context)
    {
        if (!model.ForwardTrace)
        {
            return null;
        }

        if (Activity.Current is { Source.Name: ReplySpans.SourceName, IdFormat: ActivityIdFormat.W3C } span)
        {
            return "traceparent=" + span.Id;
        }

        var parent = Read(context);
        var spanId = parent.SpanId == default ? ActivitySpanId.CreateRandom() : parent.SpanId;
        return parent.TraceId == default ? null : $"traceparent=00-{parent.TraceId}-{spanId}-{(int)parent.TraceFlags:x2}";
    }

    /// <summary>
    /// Reads <c>Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1</c>, of which only the root must be there.
    /// It counts as sampled in any case: Lambda writes <c>Sampled=0</c> where X-Ray is off, which says nothing of who listens here.
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
