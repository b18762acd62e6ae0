namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>
/// One span that a collector received.
/// Source: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
/// </summary>
internal sealed record Span(string TraceId, string SpanId, string ParentId, string Name, ulong Kind, ulong Start, ulong End,
    IReadOnlyDictionary<string, string> Attributes, bool IsError)
{
    public static IEnumerable<Span> Read(Protobuf export) =>
        from resource in export.Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new Span(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(6), span.Number(7), span.Number(8),
            span.Attributes(9), span.Message(15)?.Number(3) == 2);
}
