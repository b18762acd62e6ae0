using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The thinking of a reply that fails inside of it, where thinking is <c>&lt;think&gt;</c> text. The visible text of the error follows it,
/// and clients fold up the text in an open tag.
/// </summary>
internal static class OpenThinking
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a closing tag for each choice that has an open one.</summary>
    /// <param name="id">The reply's id as JSON.</param>
    public static void Close(ChoiceTrackers choices, OutputFormat format, ReadOnlySpan<byte> id, IChunkOutput output)
    {
        for (var i = 0; i < choices.Length; i++)
        {
            if (choices[i] is { IsThinkOpen: true } choice)
            {
                choice.IsThinkOpen = false;
                Write(i, format, id, output);
            }
        }
    }

    private static void Write(int index, OutputFormat format, ReadOnlySpan<byte> id, IChunkOutput output)
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
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, index);
            writer.WriteStartObject("delta"u8);
            writer.WriteString("content"u8, "</think>"u8);
            writer.WriteEndObject();
            writer.WriteNull("finish_reason"u8);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write(json.WrittenSpan);
    }
}
