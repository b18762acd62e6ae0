using System.Text.Json;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Metrics;

/// <summary>
/// The member that makes CloudWatch read metrics out of a log line. Each metric counts, and costs, once for each set of dimensions and
/// each of their values that there is: hence few metrics by model, and fewer still by outcome and target.
/// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
/// </summary>
internal static class EmbeddedMetrics
{
    public const string Namespace = "LambdaChat";

    private static ReadOnlySpan<byte> Count => "Count"u8;

    private static ReadOnlySpan<byte> Milliseconds => "Milliseconds"u8;

    /// <summary>Writes <c>_aws</c>. It names only metrics whose members the line has.</summary>
    public static void Write(Utf8JsonWriter writer, ReplyReport report, DateTimeOffset now)
    {
        writer.WriteStartObject("_aws"u8);
        writer.WriteNumber("Timestamp"u8, now.ToUnixTimeMilliseconds());
        writer.WriteStartArray("CloudWatchMetrics"u8);
        WriteOfModels(writer, report);
        WriteOfOutcomes(writer);
        if (report.Reply.Store is not null)
        {
            WriteOfVerdicts(writer);
        }

        if (report.Reply.Model.Targets.Count > 1)
        {
            WriteOfTargets(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteOfModels(Utf8JsonWriter writer, ReplyReport report)
    {
        // The first set is for totals and alarms, which cannot add metrics up by a search.
        Begin(writer, """[["function"],["function","model"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        WriteMetric(writer, "errors"u8, Count);
        WriteMetric(writer, "duration"u8, Milliseconds);
        WriteMetric(writer, "retries"u8, Count);
        WriteMetric(writer, "coldWaits"u8, Count);
        WriteMetric(writer, "heartbeats"u8, Count);
        if (report.TimeToFirstToken is not null)
        {
            WriteMetric(writer, "timeToFirstToken"u8, Milliseconds);
        }

        if (report.TimePerOutputToken is not null)
        {
            WriteMetric(writer, "timePerOutputToken"u8, Milliseconds);
        }

        if (report.Usage is not null)
        {
            WriteMetric(writer, "inputTokens"u8, Count);
            WriteMetric(writer, "outputTokens"u8, Count);
        }

        End(writer);
    }

    private static void WriteOfOutcomes(Utf8JsonWriter writer)
    {
        Begin(writer, """[["function","outcome"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        End(writer);
    }

    private static void WriteOfVerdicts(Utf8JsonWriter writer)
    {
        Begin(writer, """[["function","store"]]"""u8);
        WriteMetric(writer, "replies"u8, Count);
        End(writer);
    }

    private static void WriteOfTargets(Utf8JsonWriter writer)
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
