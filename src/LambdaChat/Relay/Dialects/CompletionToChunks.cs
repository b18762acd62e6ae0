using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// A reply in one piece, from a container that ignores <c>stream</c> or was called without it, as the chunks that a streaming server would
/// have sent: each choice's message, then its finish reason, then the usage. What it has beside these stands in the first of them.
/// Source: https://platform.openai.com/docs/api-reference/chat/object
/// </summary>
internal static class CompletionToChunks
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The chunks of a chat completion.</summary>
    /// <exception cref="JsonException">A choice has no message.</exception>
    public static List<byte[]> ToChunks(ReadOnlySpan<byte> completion, ChunkLayout layout)
    {
        using var document = JsonDocument.Parse(completion.ToArray());
        var root = document.RootElement;
        var chunks = new List<byte[]>();
        var position = 0;
        foreach (var choice in root.GetProperty("choices").EnumerateArray())
        {
            var index = layout.Choice(position++).Index;
            chunks.Add(Write(root, index, isFirst: chunks.Count == 0, writer => WriteMessage(writer, choice)));
            chunks.Add(Write(root, index, isFirst: false, writer => WriteFinish(writer, choice)));
        }

        if (root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            chunks.Add(WriteUsage(root, usage));
        }

        return chunks;
    }

    /// <summary>The chunks of a text that came with nothing but itself.</summary>
    public static List<byte[]> ToChunks(JsonElement generatedText) =>
    [
        Write(default, index: 0, isFirst: true, writer =>
        {
            writer.WriteStartObject("delta"u8);
            writer.WriteString("content"u8, generatedText.GetString());
            writer.WriteEndObject();
        }),
        Write(default, index: 0, isFirst: false, writer =>
        {
            writer.WriteStartObject("delta"u8);
            writer.WriteEndObject();
            writer.WriteString("finish_reason"u8, "stop"u8);
        }),
    ];

    private static void WriteMessage(Utf8JsonWriter writer, JsonElement choice)
    {
        if (!choice.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException();
        }

        writer.WriteStartObject("delta"u8);
        foreach (var member in message.EnumerateObject())
        {
            if (member.NameEquals("tool_calls"u8) && member.Value.ValueKind == JsonValueKind.Array)
            {
                WriteToolCalls(writer, member.Value);
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        if (choice.TryGetProperty("logprobs", out var logprobs))
        {
            writer.WritePropertyName("logprobs"u8);
            logprobs.WriteTo(writer);
        }

        writer.WriteNull("finish_reason"u8);
    }

    // In a stream each call says which one it is.
    private static void WriteToolCalls(Utf8JsonWriter writer, JsonElement calls)
    {
        if (calls.GetArrayLength() == 0)
        {
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, index++);
            foreach (var member in call.EnumerateObject().Where(member => !member.NameEquals("index"u8)))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFinish(Utf8JsonWriter writer, JsonElement choice)
    {
        writer.WriteStartObject("delta"u8);
        writer.WriteEndObject();
        foreach (var member in choice.EnumerateObject().Where(member => member.Name is not ("index" or "message" or "delta" or "logprobs")))
        {
            member.WriteTo(writer);
        }
    }

    private static byte[] Write(JsonElement root, int index, bool isFirst, Action<Utf8JsonWriter> writeChoice) => WriteObject(writer =>
    {
        CopyEnvelope(writer, root, isFirst);
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writeChoice(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    private static byte[] WriteUsage(JsonElement root, JsonElement usage) => WriteObject(writer =>
    {
        CopyEnvelope(writer, root, isFirst: false);
        writer.WriteStartArray("choices"u8);
        writer.WriteEndArray();
        writer.WritePropertyName("usage"u8);
        usage.WriteTo(writer);
    });

    private static byte[] WriteObject(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }

    private static void CopyEnvelope(Utf8JsonWriter writer, JsonElement root, bool isFirst)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in root.EnumerateObject().Where(member => member.Name is "id" or "created" || (isFirst && member.Name is not ("object" or "choices" or "usage"))))
            {
                member.WriteTo(writer);
            }
        }
    }
}
