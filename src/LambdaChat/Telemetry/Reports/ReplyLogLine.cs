using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Configuration;
using LambdaChat.Failures;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Metrics;

namespace LambdaChat.Telemetry.Reports;

/// <summary>
/// The log line of a reply, which is also a record of CloudWatch's embedded metrics. Members that nobody could tell are left out. The
/// buffer is kept, so that a line allocates its sentence and nothing else.
/// </summary>
/// <param name="hasMetrics">True to make the line a record of metrics. It is JSON then, and is written whatever the log's level is.</param>
/// <param name="function">What keeps the metrics of two functions in one account apart.</param>
internal sealed class ReplyLogLine(LogOutput output, bool hasMetrics, string function = ReplyLogLine.NoFunction) : IDisposable
{
    private const string NoFunction = "lambdachat";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(2048);
    private readonly Utf8JsonWriter _writer = new(Stream.Null, Options);

    /// <summary>By <c>METRICS</c>, and with the name that Lambda has for the function.</summary>
    /// <exception cref="ConfigurationException">The former is wrong.</exception>
    public static Func<IServiceProvider, ReplyLogLine> Read(IConfiguration configuration)
    {
        var hasMetrics = ReadMetrics(configuration);
        var function = configuration["AWS_LAMBDA_FUNCTION_NAME"];
        return services => new ReplyLogLine(services.GetRequiredService<LogOutput>(), hasMetrics, string.IsNullOrEmpty(function) ? NoFunction : function);
    }

    /// <param name="configuration"><c>METRICS</c>: <c>emf</c>, the default on Lambda, or <c>off</c>, the default elsewhere.</param>
    /// <exception cref="ConfigurationException">It is neither.</exception>
    public static bool ReadMetrics(IConfiguration configuration)
    {
        var fallback = string.IsNullOrEmpty(configuration["AWS_LAMBDA_RUNTIME_API"]) ? "off" : "emf";
        return configuration.GetChoice("METRICS", fallback, ["emf", "off"]) == "emf";
    }

    public void Write(ReplyReport report, DateTimeOffset now)
    {
        // Lambda drops lines below the level that is set. A count of the failed replies alone would be a wrong one, so that the record
        // then takes the level which passes.
        var level = hasMetrics && report.Level < output.Minimum ? output.Minimum : report.Level;
        if (level < output.Minimum)
        {
            return;
        }

        lock (_lock)
        {
            _line.ResetWrittenCount();
            if (output.IsText && !hasMetrics)
            {
                WriteText(report, now, level);
            }
            else
            {
                WriteJson(report, now, level);
            }

            _line.Write("\n"u8);
            output.Write(_line.WrittenSpan);
        }
    }

    public void Dispose() => _writer.Dispose();

    private void WriteText(ReplyReport report, DateTimeOffset now, LogLevel level)
    {
        Encoding.UTF8.GetBytes(now.ToString("O", CultureInfo.InvariantCulture), _line);
        _line.Write("\t"u8);
        _line.Write(LogOutput.NameOf(level));
        _line.Write("\t"u8);
        Encoding.UTF8.GetBytes(Sentence(report), _line);
    }

    private void WriteJson(ReplyReport report, DateTimeOffset now, LogLevel level)
    {
        _writer.Reset(_line);
        _writer.WriteStartObject();
        if (hasMetrics)
        {
            EmbeddedMetrics.Write(_writer, report, now);
            _writer.WriteString("function"u8, function);
        }

        _writer.WriteString("timestamp"u8, now);
        _writer.WriteString("level"u8, LogOutput.NameOf(level));
        _writer.WriteString("message"u8, Sentence(report));
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
        _writer.WriteString("model"u8, report.Reply.Model.Name);
        _writer.WriteString("operation"u8, Outcomes.OperationOf(report.Reply.Task));
        Span<char> target = stackalloc char[11];
        report.Reply.Target.TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        _writer.WriteString("target"u8, target[..length]); // A dimension of a metric is a text.
        _writer.WriteNumber("status"u8, report.Status);
        _writer.WriteString("outcome"u8, report.Outcome);
        WriteIfAny("detail"u8, report.Failure?.Detail);
        WriteIfAny("store"u8, report.Reply.Store);
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
        var reply = report.Reply;
        if (report.Usage is { } usage)
        {
            _writer.WriteNumber("inputTokens"u8, usage.Prompt);
            _writer.WriteNumber("outputTokens"u8, usage.Completion);
        }

        _writer.WriteNumber("replies"u8, 1);
        _writer.WriteNumber("errors"u8, report.IsError ? 1 : 0);
        _writer.WriteNumber("attempts"u8, reply.Attempts);
        _writer.WriteNumber("retries"u8, report.Retries);
        _writer.WriteNumber("coldWaits"u8, reply.HasWaitedCold ? 1 : 0);
        _writer.WriteNumber("events"u8, reply.Events);
        _writer.WriteNumber("parts"u8, reply.Payloads);
        _writer.WriteNumber("cuts"u8, reply.SplitRecords);
        _writer.WriteNumber("heartbeats"u8, reply.Heartbeats);
        _writer.WriteNumber("bytes"u8, reply.SentBytes);
        _writer.WriteNumber("allocated"u8, report.Allocated);
        _writer.WriteNumber("held"u8, reply.MaxUnflushedBytes);
    }

    private void WriteIfAny(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            _writer.WriteString(name, value);
        }
    }

    private static string Sentence(ReplyReport report)
    {
        var reply = report.Reply;
        var caller = report.Key is null ? "" : $" to {report.Key}";
        var ending = report.Failure switch
        {
            null => "completed",
            { Kind: FailureKind.ClientGone } => "was cancelled by the client",
            { Kind: FailureKind.LimitReached } failure => $"was refused by a limit ({failure.Detail})",
            { Detail: { } detail } failure => $"failed with {failure.Kind} ({detail})",
            var failure => $"failed with {failure.Kind}",
        };
        var tokens = report.Usage is { } usage ? string.Create(CultureInfo.InvariantCulture, $", {usage.Prompt} tokens in and {usage.Completion} out") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Reply {report.RequestId}{caller} by {reply.Model.Name} {ending}: {reply.Events} events in {(long)report.Duration.TotalMilliseconds} ms{tokens}.");
    }
}
