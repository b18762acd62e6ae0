using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Chat chunks in the reply to a text completion, as from containers that have only a chat template, or from another dialect. The content
/// becomes the text; a text completion has no place for thinking and tool calls.
/// </summary>
internal sealed class ChatChunksAsText : IDialect
{
    public bool TryConvert(in Chunk record, RecordList output)
    {
        var isChat = false;
        for (var i = 0; i < record.Layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref record.Layout.Choice(i);
            isChat |= !choice.Text.Exists && (choice.HasDelta || choice.Message.Exists);
        }

        if (isChat)
        {
            using var document = JsonDocument.Parse(record.Json.ToArray());
            var root = document.RootElement;
            output.Add(writer => WriteRecord(writer, root));
        }

        return isChat;
    }

    private static void WriteRecord(Utf8JsonWriter writer, JsonElement record)
    {
        foreach (var member in record.EnumerateObject())
        {
            if (!member.NameEquals("choices"u8))
            {
                member.WriteTo(writer);
                continue;
            }

            writer.WriteStartArray("choices"u8);
            foreach (var choice in member.Value.EnumerateArray())
            {
                writer.WriteStartObject();
                WriteChoice(writer, choice);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, JsonElement choice)
    {
        var text = "";
        foreach (var member in choice.EnumerateObject())
        {
            if (member.Name is "delta" or "message" or "text")
            {
                text += TextOf(member.Value);
            }
            else if (member.Name != "logprobs") // The logprobs of chats have another form.
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteString("text"u8, text);
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when value.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String =>
            content.GetString(),
        _ => null,
    };
}
