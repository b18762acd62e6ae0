using System.Diagnostics;

namespace LambdaChat.Telemetry.Tracing;

/// <summary>The outermost middleware: creates a span for each request, and exports pending telemetry after its response.</summary>
/// <param name="flush">Exports pending telemetry after each response; null if the exporter's own timer runs.</param>
internal sealed class RequestSpans(ReplySpans spans, Func<Task>? flush)
{
    private const string Unnamed = "request";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (flush is not null)
        {
            context.Response.OnCompleted(flush);
        }

        Activity.Current = null; // The framework's own activity, which is not exported, would be the parent.
        using var span = spans.Begin(Unnamed, TraceHeaders.Read(context));
        var isCompleted = false;
        try
        {
            await next(context);
            isCompleted = true;
        }
        finally
        {
            if (span is not null)
            {
                Describe(span, context, isCompleted);
            }
        }
    }

    // https://opentelemetry.io/docs/specs/semconv/http/http-spans/: low cardinality, so a client cannot choose the name.
    private static void Describe(Activity span, HttpContext context, bool isCompleted)
    {
        var method = Array.IndexOf(Methods, context.Request.Method) >= 0 ? context.Request.Method : "_OTHER";
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = span.DisplayName != Unnamed ? span.DisplayName : route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag("faas.invocation_id", context.TraceIdentifier);
        if (!isCompleted || context.Response.StatusCode >= 500)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
