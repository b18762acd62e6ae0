using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Writes each log entry as one line: a JSON object with the field names of Lambda's JSON log format. The line is written before the call
/// returns. The framework's console logger queues lines, and Lambda would freeze the process before they are written.
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
        WriteJson(line, logLevel, formatter(state, null), state as IReadOnlyList<KeyValuePair<string, object?>>, exception);
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
