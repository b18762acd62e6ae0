using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Errors;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Chat;

/// <summary>
/// A failure after the first byte, told so that every client shows it: an error event for those that read it; a chunk with visible
/// text for those that do not; a finish reason of its own in a further chunk, since a client that throws at one drops its text.
/// </summary>
internal static class InStreamError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the three events and <c>[DONE]</c>.</summary>
    public static void Write(IBufferWriter<byte> output, OpenAIError error, string id, string model, DateTimeOffset now)
    {
        var json = new ArrayBufferWriter<byte>();
        error.WriteTo(json);
        SseWriter.WriteEvent(output, json.WrittenSpan);
        WriteChunk(output, id, model, now, $"\n\n[Error: {error.Message}]", finishReason: null);
        WriteChunk(output, id, model, now, content: null, "error");
        SseWriter.WriteDone(output);
    }

    private static void WriteChunk(IBufferWriter<byte> output, string id, string model, DateTimeOffset now, string? content, string? finishReason)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            writer.WriteString("object"u8, "chat.completion.chunk"u8);
            writer.WriteNumber("created"u8, now.ToUnixTimeSeconds());
            writer.WriteString("model"u8, model);
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            writer.WriteStartObject("delta"u8);
            if (content is not null)
            {
                writer.WriteString("content"u8, content);
            }

            writer.WriteEndObject();
            writer.WriteString("finish_reason"u8, finishReason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        SseWriter.WriteEvent(output, json.WrittenSpan);
    }
}
