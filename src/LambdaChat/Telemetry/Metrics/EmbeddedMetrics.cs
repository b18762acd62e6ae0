using System.Buffers;
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

    // The names of the metrics depend on a few properties of a reply only, so each combination is composed once.
    private static readonly byte[]?[] Known = new byte[(int)Fields.All + 1][];

    /// <summary>The fields of a line that not all lines have, and the further dimensions.</summary>
    [Flags]
    private enum Fields
    {
        None = 0,
        Continuations = 1,
        Stored = 2,
        TimeToFirstToken = 4,
        TimePerOutputToken = 8,
        Tokens = 16,
        CachedTokens = 32,
        TableDecision = 64,
        Target = 128,
        All = 255,
    }

    /// <summary>Writes <c>_aws</c>. It names only metrics whose fields the line has.</summary>
    public static void Write(Utf8JsonWriter writer, ReplyReport report)
    {
        var fields = FieldsOf(report);
        writer.WriteStartObject("_aws"u8);
        writer.WriteNumber("Timestamp"u8, report.EndedAt.ToUnixTimeMilliseconds());
        writer.WritePropertyName("CloudWatchMetrics"u8);
        writer.WriteRawValue(Known[(int)fields] ??= Compose(fields), skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static Fields FieldsOf(ReplyReport report) =>
        (report.Continuations > 0 ? Fields.Continuations : 0)
        | (report.IsStored is not null ? Fields.Stored : 0)
        | (report.TimeToFirstToken is not null ? Fields.TimeToFirstToken : 0)
        | (report.TimePerOutputToken is not null ? Fields.TimePerOutputToken : 0)
        | (report.InputTokens is not null ? Fields.Tokens : 0)
        | (report.CachedTokens is not null ? Fields.CachedTokens : 0)
        | (report.Store is not null ? Fields.TableDecision : 0)
        | (report.HasSeveralTargets ? Fields.Target : 0);

    private static byte[] Compose(Fields fields)
    {
        var metrics = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(metrics);
        writer.WriteStartArray();
        WriteByModel(writer, fields);
        WriteByOutcome(writer);
        if (fields.HasFlag(Fields.TableDecision))
        {
            WriteByTableDecision(writer);
        }

        if (fields.HasFlag(Fields.Target))
        {
            WriteByTarget(writer);
        }

        writer.WriteEndArray();
        writer.Flush();
        return metrics.WrittenSpan.ToArray();
    }

    private static void WriteByModel(Utf8JsonWriter writer, Fields fields)
    {
        // The first set is for totals and alarms: an alarm cannot sum the metrics that a search finds.
        Begin(writer, """[["function"],["function","model"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        WriteMetric(writer, "errors"u8, Count);
        WriteMetric(writer, "duration"u8, Milliseconds);
        WriteMetric(writer, "retries"u8, Count);
        WriteMetric(writer, "coldWaits"u8, Count);
        WriteMetric(writer, "heartbeats"u8, Count);
        if (fields.HasFlag(Fields.Continuations))
        {
            WriteMetric(writer, "continuations"u8, Count);
        }

        if (fields.HasFlag(Fields.Stored))
        {
            WriteMetric(writer, "stored"u8, Count);
            WriteMetric(writer, "storeFailures"u8, Count);
        }

        if (fields.HasFlag(Fields.TimeToFirstToken))
        {
            WriteMetric(writer, "timeToFirstToken"u8, Milliseconds);
        }

        if (fields.HasFlag(Fields.TimePerOutputToken))
        {
            WriteMetric(writer, "timePerOutputToken"u8, Milliseconds);
        }

        if (fields.HasFlag(Fields.Tokens))
        {
            WriteMetric(writer, "inputTokens"u8, Count);
            WriteMetric(writer, "outputTokens"u8, Count);
        }

        if (fields.HasFlag(Fields.CachedTokens))
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
