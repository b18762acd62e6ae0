using System.Buffers;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>A chunk of one choice that the function adds to a reply, because no model server has sent it.</summary>
internal static class AddedChunk
{
    /// <summary>Returns the chunk as JSON.</summary>
    /// <param name="id">The reply's id as JSON.</param>
    /// <param name="text">Null for a chunk without text.</param>
    /// <param name="finishReason">Null for a choice that goes on.</param>
    public static ReadOnlySpan<byte> Create(OutputFormat format, ReadOnlySpan<byte> id, int index, string? text, string? finishReason)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id, skipInputValidation: true);
            writer.WriteString("object"u8, format.Object);
            writer.WriteNumber("created"u8, format.Created);
            writer.WriteString("model"u8, format.Model);
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, index);
            WriteText(writer, format, text);
            writer.WriteString("finish_reason"u8, finishReason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return json.WrittenSpan;
    }

    private static void WriteText(Utf8JsonWriter writer, OutputFormat format, string? text)
    {
        if (!format.IsChat)
        {
            writer.WriteString("text"u8, text ?? "");
            return;
        }

        writer.WriteStartObject("delta"u8);
        if (text is not null)
        {
            writer.WriteString("content"u8, text);
        }

        writer.WriteEndObject();
    }
}
