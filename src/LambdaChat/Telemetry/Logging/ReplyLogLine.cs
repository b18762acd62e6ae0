using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Configuration;
using LambdaChat.Failures;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Writes the log line of a reply, which is also a record in CloudWatch's embedded metric format. Fields without a value are left out.
/// The buffer is reused, so a line allocates its message only.
/// </summary>
/// <param name="hasMetrics">True to add the embedded metrics. The line is then written at any log level.</param>
/// <param name="function">The name of the function, a dimension of all metrics.</param>
internal sealed class ReplyLogLine(LogOutput output, bool hasMetrics, string function = ReplyLogLine.NoFunction) : IDisposable
{
    private const string NoFunction = "lambdachat";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(2048);
    private readonly Utf8JsonWriter _writer = new(Stream.Null, Options);
    private readonly EmbeddedMetrics _metrics = new();

    /// <summary>Reads <c>METRICS</c> and <c>AWS_LAMBDA_FUNCTION_NAME</c>.</summary>
    /// <exception cref="ConfigurationException"><c>METRICS</c> is invalid.</exception>
    public static Func<IServiceProvider, ReplyLogLine> Read(IConfiguration configuration)
    {
        var hasMetrics = ReadMetrics(configuration);
        var function = configuration["AWS_LAMBDA_FUNCTION_NAME"];
        var name = string.IsNullOrEmpty(function) ? NoFunction : function;
        return services => new ReplyLogLine(services.GetRequiredService<LogOutput>(), hasMetrics, name);
    }

    /// <param name="configuration"><c>METRICS</c>: <c>emf</c>, the default on Lambda, or <c>off</c>, the default elsewhere.</param>
    /// <exception cref="ConfigurationException">The value is neither.</exception>
    public static bool ReadMetrics(IConfiguration configuration)
    {
        var fallback = string.IsNullOrEmpty(configuration["AWS_LAMBDA_RUNTIME_API"]) ? "off" : "emf";
        return configuration.GetChoice("METRICS", fallback, ["emf", "off"]) == "emf";
    }

    public void Write(ReplyReport report)
    {
        // Lambda drops lines below the configured level. Metrics of failed replies alone would be wrong, so a line with metrics is
        // raised to the configured level.
        var level = hasMetrics && report.Level < output.Minimum ? output.Minimum : report.Level;
        if (level < output.Minimum)
        {
            return;
        }

        lock (_lock)
        {
            _line.ResetWrittenCount();
            WriteJson(report, level);
            _line.Write("\n"u8);
            output.Write(_line.WrittenSpan);
        }
    }

    public void Dispose() => _writer.Dispose();

    private void WriteJson(ReplyReport report, LogLevel level)
    {
        _writer.Reset(_line);
        _writer.WriteStartObject();
        if (hasMetrics)
        {
            _metrics.Write(_writer, report);
            _writer.WriteString("function"u8, function);
        }

        _writer.WriteString("timestamp"u8, report.EndedAt);
        _writer.WriteString("level"u8, LogOutput.NameOf(level));
        _writer.WriteString("message"u8, MessageOf(report));
        WriteNames(report);
        WriteTimes(report);
        WriteCounts(report);
        _writer.WriteEndObject();
        _writer.Flush();
    }

    private void WriteNames(ReplyReport report)
    {
        _writer.WriteString("requestId"u8, report.RequestId);
        WriteIfAny("key"u8, report.Key);
        _writer.WriteString("model"u8, report.Model);
        _writer.WriteString("operation"u8, report.Operation);
        Span<char> target = stackalloc char[11];
        report.Target.TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        _writer.WriteString("target"u8, target[..length]); // A dimension must be a string.
        _writer.WriteNumber("status"u8, report.Status);
        _writer.WriteString("outcome"u8, report.Outcome);
        WriteIfAny("detail"u8, report.Failure?.Detail ?? report.Failure?.Container?.Type);
        WriteIfAny("limits"u8, report.LimitsDecision);
    }

    private void WriteTimes(ReplyReport report)
    {
        _writer.WriteNumber("duration"u8, (long)report.Duration.TotalMilliseconds);
        if (report.TimeToFirstToken is { } first)
        {
            _writer.WriteNumber("timeToFirstToken"u8, (long)first.TotalMilliseconds);
        }

        if (report.TimePerOutputToken is { } each)
        {
            _writer.WriteNumber("timePerOutputToken"u8, Math.Round(each.TotalMilliseconds, 2));
        }
    }

    private void WriteCounts(ReplyReport report)
    {
        WriteTokens(report);
        _writer.WriteNumber("replies"u8, 1);
        _writer.WriteNumber("errors"u8, report.IsError ? 1 : 0);
        _writer.WriteNumber("attempts"u8, report.Attempts);
        _writer.WriteNumber("retries"u8, report.Retries);
        _writer.WriteNumber("coldWaits"u8, report.HasWaitedCold ? 1 : 0);
        if (report.IsStored is { } isStored)
        {
            _writer.WriteNumber("stored"u8, isStored ? 1 : 0);
            _writer.WriteNumber("storeFailures"u8, isStored ? 0 : 1);
        }

        _writer.WriteNumber("events"u8, report.Events);
        _writer.WriteNumber("parts"u8, report.Payloads);
        _writer.WriteNumber("cuts"u8, report.SplitRecords);
        _writer.WriteNumber("heartbeats"u8, report.Heartbeats);
        _writer.WriteNumber("bytes"u8, report.SentBytes);
        _writer.WriteNumber("held"u8, report.MaxUnflushedBytes);
        if (report.Allocated is { } allocated)
        {
            _writer.WriteNumber("allocated"u8, allocated);
        }

        WriteContinuations(report);
        if (report.IncompleteToolCalls > 0)
        {
            _writer.WriteNumber("incompleteToolCalls"u8, report.IncompleteToolCalls);
        }
    }

    private void WriteTokens(ReplyReport report)
    {
        if (report is { InputTokens: { } input, OutputTokens: { } output })
        {
            _writer.WriteNumber("inputTokens"u8, input);
            _writer.WriteNumber("outputTokens"u8, output);
        }

        if (report.CachedTokens is { } cached)
        {
            _writer.WriteNumber("cachedTokens"u8, cached);
        }
    }

    private void WriteContinuations(ReplyReport report)
    {
        if (report.ContinuedAfter is { } continuedAfter)
        {
            _writer.WriteNumber("continuations"u8, report.Continuations);
            _writer.WriteStartArray("continuedAfter"u8);
            foreach (var events in continuedAfter)
            {
                _writer.WriteNumberValue(events);
            }

            _writer.WriteEndArray();
        }
    }

    private void WriteIfAny(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            _writer.WriteString(name, value);
        }
    }

    private static string MessageOf(ReplyReport report)
    {
        var caller = report.Key is null ? "" : $" to {report.Key}";
        var ending = report.Failure switch
        {
            null => "completed",
            { Kind: FailureKind.ClientGone } => "was cancelled by the client",
            { Kind: FailureKind.LimitReached } failure => $"was rejected by a limit ({failure.Detail})",
            { Detail: { } detail } failure => $"failed with {failure.Kind} ({detail})",
            var failure => $"failed with {failure.Kind}",
        };
        var tokens = report.InputTokens is { } input
            ? string.Create(CultureInfo.InvariantCulture, $", {input} tokens in and {report.OutputTokens} out")
            : "";
        var milliseconds = (long)report.Duration.TotalMilliseconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Reply {report.RequestId}{caller} by {report.Model} {ending}: {report.Events} events in {milliseconds} ms{tokens}.");
    }
}
