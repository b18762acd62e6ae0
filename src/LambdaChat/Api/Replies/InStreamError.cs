using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies;

/// <summary>
/// A failure after the first byte in a form that every client shows: an error event for clients that read it, a chunk with visible text for
/// those that do not, and finish reasons. The first finish reason contains the cause, because clients with a closed set of finish reasons,
/// such as OpenAI .NET, throw an exception with the unknown value. The last one is <c>error</c>.
/// </summary>
internal static class InStreamError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the error event and the chunks. The visible text is optional.</summary>
    /// <param name="id">The reply's id as JSON.</param>
    public static void Write(SseEvents output, OpenAIError error, OutputFormat format, ReadOnlySpan<byte> id)
    {
        var json = new ArrayBufferWriter<byte>();
        error.WriteTo(json);
        output.Write(json.WrittenSpan);
        if (format.ShowsErrors)
        {
            WriteChunk(output, format, id, VisibleErrorText.Format(error.Message), finishReason: null);
        }

        WriteChunk(output, format, id, text: null, $"error: {error.Message}");
        WriteChunk(output, format, id, text: null, "error");
    }

    private static void WriteChunk(
        SseEvents output, OutputFormat format, ReadOnlySpan<byte> id, string? text, string? finishReason)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id, skipInputValidation: true);
            writer.WriteString("object"u8, format.Object);
            writer.WriteNumber("created"u8, format.Created);
            writer.WriteString("model"u8, format.Model);
            writer.WriteStartArray("choices"u8);
            WriteChoice(writer, format, text, finishReason);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write(json.WrittenSpan);
    }

    private static void WriteChoice(Utf8JsonWriter writer, OutputFormat format, string? text, string? finishReason)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        if (format.IsChat)
        {
            writer.WriteStartObject("delta"u8);
            if (text is not null)
            {
                writer.WriteString("content"u8, text);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("text"u8, text ?? "");
        }

        writer.WriteString("finish_reason"u8, finishReason);
        writer.WriteEndObject();
    }
}
