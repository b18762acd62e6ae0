namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>
/// One point of a metric that a collector received.
/// Source: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
/// </summary>
/// <param name="Value">The sum of the measurements.</param>
/// <param name="Buckets">The number of boundaries of a histogram.</param>
internal sealed record Metric(string Name, string Unit, double Value, int Buckets, IReadOnlyDictionary<string, string> Attributes)
{
    public static IEnumerable<Metric> Read(Protobuf export) =>
        from resource in export.Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from point in Points(metric)
        select point;

    private static IEnumerable<Metric> Points(Protobuf metric)
    {
        foreach (var point in metric.Message(7)?.Messages(1) ?? [])
        {
            yield return new Metric(metric.Text(1), metric.Text(3), point.Number(6), Buckets: 0, point.Attributes(7));
        }

        foreach (var point in metric.Message(9)?.Messages(1) ?? [])
        {
            yield return new Metric(metric.Text(1), metric.Text(3), point.Double(5), point.Bytes(7).Length / sizeof(double),
                point.Attributes(9));
        }
    }
}
