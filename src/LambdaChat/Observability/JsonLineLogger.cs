using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Observability;

/// <summary>
/// One JSON object a line on standard output, as Lambda's JSON log format names its members. Written before the call returns: Lambda
/// freezes the process at the end of an invocation, and the framework's console logger would still have lines in its queue.
/// </summary>
internal sealed class JsonLineLogger(string category, LogLevel minimum, Stream output, TimeProvider timeProvider) : ILogger
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp"u8, timeProvider.GetUtcNow());
            writer.WriteString("level"u8, Name(logLevel));
            writer.WriteString("message"u8, formatter(state, null));
            writer.WriteString("logger"u8, category);
            WriteMembers(writer, state as IReadOnlyList<KeyValuePair<string, object?>>);
            WriteException(writer, exception);
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        lock (output)
        {
            output.Write(line.WrittenSpan);
            output.Flush();
        }
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

    // Type and place of each, and no message: those of the framework's exceptions may quote what a client sent.
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

    private static ReadOnlySpan<byte> Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE"u8,
        LogLevel.Debug => "DEBUG"u8,
        LogLevel.Information => "INFO"u8,
        LogLevel.Warning => "WARN"u8,
        LogLevel.Error => "ERROR"u8,
        _ => "FATAL"u8,
    };
}
