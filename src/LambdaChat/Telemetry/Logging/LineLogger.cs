using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Writes each log entry as one line: a JSON object with the field names of Lambda's JSON log format, or text. The line is written before
/// the call returns. The framework's console logger queues lines, and Lambda would freeze the process before they are written.
/// </summary>
internal sealed class LineLogger(string category, LogLevel minimum, LogOutput output, TimeProvider timeProvider) : ILogger
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var line = new ArrayBufferWriter<byte>();
        if (output.IsText)
        {
            WriteText(line, logLevel, formatter(state, null), exception);
        }
        else
        {
            WriteJson(line, logLevel, formatter(state, null), state as IReadOnlyList<KeyValuePair<string, object?>>, exception);
        }

        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
    }

    private void WriteJson(
        ArrayBufferWriter<byte> line, LogLevel level, string message,
        IReadOnlyList<KeyValuePair<string, object?>>? members, Exception? exception)
    {
        using var writer = new Utf8JsonWriter(line, Options);
        writer.WriteStartObject();
        writer.WriteString("timestamp"u8, timeProvider.GetUtcNow());
        writer.WriteString("level"u8, LogOutput.NameOf(level));
        writer.WriteString("message"u8, message);
        writer.WriteString("logger"u8, category);
        WriteMembers(writer, members);
        WriteException(writer, exception);
        writer.WriteEndObject();
    }

    // A line feed would start another log entry. Lambda's own runtimes write a carriage return instead.
    private void WriteText(ArrayBufferWriter<byte> line, LogLevel level, string message, Exception? exception)
    {
        var text = new StringBuilder()
            .Append(timeProvider.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)).Append('\t')
            .Append(Encoding.UTF8.GetString(LogOutput.NameOf(level))).Append('\t')
            .Append(message);
        for (var current = exception; current is not null; current = current.InnerException)
        {
            text.Append('\n').Append(current.GetType().FullName).Append('\n').Append(current.StackTrace);
        }

        Encoding.UTF8.GetBytes(text.Replace('\n', '\r').ToString(), line);
    }

    private static void WriteMembers(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, object?>>? members)
    {
        foreach (var (name, value) in members ?? [])
        {
            if (name == "{OriginalFormat}")
            {
                continue;
            }

            writer.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
            switch (value)
            {
                case int number:
                    writer.WriteNumberValue(number);
                    break;
                case long number:
                    writer.WriteNumberValue(number);
                    break;
                default:
                    writer.WriteStringValue(value?.ToString());
                    break;
            }
        }
    }

    // Type and stack trace without the message: messages of the framework's exceptions may quote a request.
    private static void WriteException(Utf8JsonWriter writer, Exception? exception)
    {
        if (exception is null)
        {
            return;
        }

        writer.WriteStartArray("exceptions"u8);
        for (var current = exception; current is not null; current = current.InnerException)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, current.GetType().FullName);
            writer.WriteString("stackTrace"u8, current.StackTrace);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
