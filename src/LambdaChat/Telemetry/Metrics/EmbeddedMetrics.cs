using System.Text.Json;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Metrics;

/// <summary>
/// The <c>_aws</c> field, which makes CloudWatch extract metrics from a log line. CloudWatch bills each metric for each combination of
/// dimension values, so few metrics have the dimension model, and fewer have outcome or target.
/// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
/// </summary>
internal static class EmbeddedMetrics
{
    public const string Namespace = "LambdaChat";

    private static ReadOnlySpan<byte> Count => "Count"u8;

    private static ReadOnlySpan<byte> Milliseconds => "Milliseconds"u8;

    /// <summary>Writes <c>_aws</c>. It names only metrics whose fields the line has.</summary>
    public static void Write(Utf8JsonWriter writer, ReplyReport report)
    {
        writer.WriteStartObject("_aws"u8);
        writer.WriteNumber("Timestamp"u8, report.EndedAt.ToUnixTimeMilliseconds());
        writer.WriteStartArray("CloudWatchMetrics"u8);
        WriteByModel(writer, report);
        WriteByOutcome(writer);
        if (report.Store is not null)
        {
            WriteByTableDecision(writer);
        }

        if (report.HasSeveralTargets)
        {
            WriteByTarget(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteByModel(Utf8JsonWriter writer, ReplyReport report)
    {
        // The first set is for totals and alarms: an alarm cannot sum the metrics that a search finds.
        Begin(writer, """[["function"],["function","model"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        WriteMetric(writer, "errors"u8, Count);
        WriteMetric(writer, "duration"u8, Milliseconds);
        WriteMetric(writer, "retries"u8, Count);
        WriteMetric(writer, "coldWaits"u8, Count);
        WriteMetric(writer, "heartbeats"u8, Count);
        if (report.Continuations > 0)
        {
            WriteMetric(writer, "continuations"u8, Count);
        }

        if (report.IsStored is not null)
        {
            WriteMetric(writer, "stored"u8, Count);
            WriteMetric(writer, "storeFailures"u8, Count);
        }

        if (report.TimeToFirstToken is not null)
        {
            WriteMetric(writer, "timeToFirstToken"u8, Milliseconds);
        }

        if (report.TimePerOutputToken is not null)
        {
            WriteMetric(writer, "timePerOutputToken"u8, Milliseconds);
        }

        if (report.InputTokens is not null)
        {
            WriteMetric(writer, "inputTokens"u8, Count);
            WriteMetric(writer, "outputTokens"u8, Count);
        }

        if (report.CachedTokens is not null)
        {
            WriteMetric(writer, "cachedTokens"u8, Count);
        }

        End(writer);
    }

    private static void WriteByOutcome(Utf8JsonWriter writer)
    {
        Begin(writer, """[["function","outcome"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        End(writer);
    }

    private static void WriteByTableDecision(Utf8JsonWriter writer)
    {
        Begin(writer, """[["function","store"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        End(writer);
    }

    private static void WriteByTarget(Utf8JsonWriter writer)
    {
        Begin(writer, """[["function","model","target"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        WriteMetric(writer, "errors"u8, Count);
        WriteMetric(writer, "duration"u8, Milliseconds);
        End(writer);
    }

    private static void Begin(Utf8JsonWriter writer, ReadOnlySpan<byte> dimensions)
    {
        writer.WriteStartObject();
        writer.WriteString("Namespace"u8, Namespace);
        writer.WritePropertyName("Dimensions"u8);
        writer.WriteRawValue(dimensions, skipInputValidation: true);
        writer.WriteStartArray("Metrics"u8);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> unit)
    {
        writer.WriteStartObject();
        writer.WriteString("Name"u8, name);
        writer.WriteString("Unit"u8, unit);
        writer.WriteEndObject();
    }
}
