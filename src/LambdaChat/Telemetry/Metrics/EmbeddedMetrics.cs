using System.Buffers;
using System.Text.Json;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Metrics;

/// <summary>
/// The <c>_aws</c> field, which makes CloudWatch extract metrics from a log line. CloudWatch bills each metric for each combination of
/// dimension values, so few metrics have the dimension model, and fewer have outcome or target. The definitions of the metrics are most of
/// the field. They are kept, because nearly all replies have the same. Not thread-safe.
/// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
/// </summary>
internal sealed class EmbeddedMetrics
{
    public const string Namespace = "LambdaChat";

    private static ReadOnlySpan<byte> Count => "Count"u8;

    private static ReadOnlySpan<byte> Milliseconds => "Milliseconds"u8;

    private readonly ArrayBufferWriter<byte> _definitions = new(1024);
    private Kind? _kind; // Of the reply whose definitions are kept.

    /// <summary>Writes <c>_aws</c>. It names only metrics whose fields the line has.</summary>
    public void Write(Utf8JsonWriter writer, ReplyReport report)
    {
        var kind = new Kind(report);
        if (_kind != kind)
        {
            _kind = kind;
            Define(report);
        }

        writer.WriteStartObject("_aws"u8);
        writer.WriteNumber("Timestamp"u8, report.EndedAt.ToUnixTimeMilliseconds());
        writer.WritePropertyName("CloudWatchMetrics"u8);
        writer.WriteRawValue(_definitions.WrittenSpan, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private void Define(ReplyReport report)
    {
        _definitions.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_definitions);
        writer.WriteStartArray();
        WriteByModel(writer, report);
        WriteByOutcome(writer);
        if (report.LimitsDecision is not null)
        {
            WriteByTableDecision(writer);
        }

        if (report.HasSeveralTargets)
        {
            WriteByTarget(writer);
        }

        writer.WriteEndArray();
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
        Begin(writer, """[["function","limits"]]"""u8);
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

    /// <summary>What decides which metrics a reply has.</summary>
    private readonly record struct Kind(
        bool IsContinued, bool IsToBeStored, bool HasFirst, bool HasNext, bool HasTokens, bool HasCached, bool HasDecision, bool HasTargets)
    {
        public Kind(ReplyReport report)
            : this(
                report.Continuations > 0, report.IsStored is not null, report.TimeToFirstToken is not null,
                report.TimePerOutputToken is not null, report.InputTokens is not null, report.CachedTokens is not null,
                report.LimitsDecision is not null, report.HasSeveralTargets)
        {
        }
    }
}
