using System.Diagnostics;

namespace LambdaChat.Telemetry.Tracing;

/// <summary>The outermost middleware: a span for each request, and after its answer has ended the export of what is at hand.</summary>
/// <param name="isFrozenBetween">True where Lambda freezes the process between requests, and a timer would not run.</param>
internal sealed class RequestSpans(ReplySpans spans, OtlpExporter exporter, bool isFrozenBetween)
{
    private const string Unnamed = "request";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (isFrozenBetween)
        {
            context.Response.OnCompleted(static state => ((OtlpExporter)state).FlushAsync(), exporter);
        }

        Activity.Current = null; // The framework's own activity, which nobody sees, would be the parent.
        using var span = spans.Begin(Unnamed, TraceHeaders.Read(context));
        var isAnswered = false;
        try
        {
            await next(context);
            isAnswered = true;
        }
        finally
        {
            if (span is not null)
            {
                Describe(span, context, isAnswered);
            }
        }
    }

    // https://opentelemetry.io/docs/specs/semconv/http/http-spans/: names that a client cannot choose.
    private static void Describe(Activity span, HttpContext context, bool isAnswered)
    {
        var method = Array.IndexOf(Methods, context.Request.Method) >= 0 ? context.Request.Method : "_OTHER";
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = span.DisplayName != Unnamed ? span.DisplayName : route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag("faas.invocation_id", context.TraceIdentifier);
        if (!isAnswered || context.Response.StatusCode >= 500)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
