using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Chat.Chunks;

/// <summary>
/// A reply in one piece, from a container that ignores <c>stream</c> or was called without it, as the chunks that a streaming server would
/// have sent: each choice's message, then its finish reason, then the usage. What it has beside these stays where it is.
/// Source: https://platform.openai.com/docs/api-reference/chat/object
/// </summary>
internal static class WholeCompletion
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The chunks of a chat completion.</summary>
    public static List<byte[]> ToChunks(ReadOnlySpan<byte> completion)
    {
        using var document = JsonDocument.Parse(completion.ToArray());
        var root = document.RootElement;
        var chunks = new List<byte[]>();
        foreach (var choice in root.GetProperty("choices").EnumerateArray())
        {
            chunks.Add(Write(root, writer => WriteMessage(writer, choice)));
            chunks.Add(Write(root, writer => WriteFinish(writer, choice)));
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
        Write(default, writer =>
        {
            writer.WriteStartObject("delta"u8);
            writer.WriteString("content"u8, generatedText.GetString());
            writer.WriteEndObject();
        }),
        Write(default, writer =>
        {
            writer.WriteStartObject("delta"u8);
            writer.WriteEndObject();
            writer.WriteString("finish_reason"u8, "stop"u8);
        }),
    ];

    private static void WriteMessage(Utf8JsonWriter writer, JsonElement choice)
    {
        CopyIfAny(writer, choice, "index");
        writer.WriteStartObject("delta"u8);
        foreach (var member in choice.GetProperty("message").EnumerateObject())
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
        CopyIfAny(writer, choice, "logprobs");
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
        CopyIfAny(writer, choice, "index");
        writer.WriteStartObject("delta"u8);
        writer.WriteEndObject();
        foreach (var member in choice.EnumerateObject().Where(member => member.Name is not ("index" or "message" or "logprobs")))
        {
            member.WriteTo(writer);
        }
    }

    private static byte[] Write(JsonElement root, Action<Utf8JsonWriter> writeChoice) => WriteObject(writer =>
    {
        CopyEnvelope(writer, root);
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writeChoice(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    private static byte[] WriteUsage(JsonElement root, JsonElement usage) => WriteObject(writer =>
    {
        CopyEnvelope(writer, root);
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

    private static void CopyEnvelope(Utf8JsonWriter writer, JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in root.EnumerateObject().Where(member => member.Name is not ("object" or "choices" or "usage")))
            {
                member.WriteTo(writer);
            }
        }
    }

    private static void CopyIfAny(Utf8JsonWriter writer, JsonElement choice, string name)
    {
        if (choice.TryGetProperty(name, out var value))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}
