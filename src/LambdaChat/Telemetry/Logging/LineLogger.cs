using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// One JSON object a line, as Lambda's JSON log format names its members, or one line of text. Written before the call returns: the
/// framework's console logger would still have lines in its queue when Lambda freezes the process.
/// </summary>
internal sealed class LineLogger(string category, LogLevel minimum, LogOutput output, TimeProvider timeProvider) : ILogger
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
        ArrayBufferWriter<byte> line, LogLevel level, string message, IReadOnlyList<KeyValuePair<string, object?>>? members, Exception? exception)
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

    // A line feed would begin another line; a carriage return is what Lambda's own runtimes put in its place.
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
}
