using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Json;

namespace LambdaChat.Api.AgUi.Replies;

/// <summary>
/// The messages of a thread before a run. A client that resumes the run replaces its own messages with them. Otherwise, it would append the
/// text of the run to the part that it already has. Source: https://docs.ag-ui.com/concepts/events#messagessnapshot
/// </summary>
internal static class ThreadSnapshot
{
    /// <summary>Writes messages of a request, in the form that clients accept: each with an id, and without null.</summary>
    public static void WriteMessages(Utf8JsonWriter writer, IEnumerable<RequestItem> messages)
    {
        var number = 0;
        foreach (var message in messages)
        {
            number++;
            var hasId = message.Find("id") is { Value.ValueKind: JsonValueKind.String };
            writer.WriteStartObject();
            if (!hasId)
            {
                writer.WriteString("id"u8, string.Create(CultureInfo.InvariantCulture, $"message-{number}"));
            }

            foreach (var member in message.Value.EnumerateObject().Where(member => hasId || !member.NameEquals("id"u8)))
            {
                WriteMember(writer, member);
            }

            writer.WriteEndObject();
        }
    }

    /// <summary>Writes the event; null if the client has later messages than those of the run, and so the whole run.</summary>
    /// <param name="stored">The messages before the run.</param>
    /// <param name="id">The id of the reply, with which the ids of the run's own messages begin.</param>
    /// <param name="messages">The messages that the client has.</param>
    public static byte[]? Write(JsonElement stored, string id, IReadOnlyList<AgUiConnection.Message> messages)
    {
        var known = stored.EnumerateArray().Select(static message => message.GetProperty("id").GetString()!)
            .ToHashSet(StringComparer.Ordinal);
        var others = messages.Where(message => message.Id.Length > 0 && !known.Contains(message.Id)).ToList();
        if (others.Exists(message => message.Role is not ("assistant" or "reasoning" or "activity")
            && !message.Id.StartsWith($"{id}_", StringComparison.Ordinal)))
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>();
        output.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "MESSAGES_SNAPSHOT"u8);
            writer.WriteStartArray("messages"u8);
            foreach (var message in stored.EnumerateArray())
            {
                message.WriteTo(writer);
            }

            WriteEmpty(writer, others.Where(static message => message.Role == "reasoning"));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n\n"u8);
        return output.WrittenSpan.ToArray();
    }

    // If a snapshot has no thinking, the client keeps its own.
    private static void WriteEmpty(Utf8JsonWriter writer, IEnumerable<AgUiConnection.Message> messages)
    {
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, message.Id);
            writer.WriteString("role"u8, message.Role);
            writer.WriteString("content"u8, ""u8);
            writer.WriteEndObject();
        }
    }

    private static void WriteMember(Utf8JsonWriter writer, JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.Null)
        {
            writer.WritePropertyName(member.Name);
            WriteValue(writer, member.Value);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    WriteMember(writer, member);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                {
                    WriteValue(writer, element);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
