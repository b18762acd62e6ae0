using System.Text;
using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Chat chunks in the reply to a text completion, as from containers that have only a chat template, or from another dialect, and texts
/// that are not strings. The content becomes the text; a text completion has no place for thinking and tool calls.
/// </summary>
internal sealed class ChatChunksAsText : IDialect
{
    public bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        var isOther = false;
        for (var i = 0; i < record.Layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref record.Layout.Choice(i);
            isOther |= choice.Text.Exists
                ? choice.Text.Type is not (JsonTokenType.String or JsonTokenType.Null)
                : choice.HasDelta || choice.Message.Exists;
        }

        if (isOther)
        {
            Convert(record, choices, output);
        }

        return isOther;
    }

    // In a separate method, because its closure would otherwise be allocated for every record.
    private static void Convert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        using var document = JsonDocument.Parse(record.Json.ToArray());
        var root = document.RootElement;
        var texts = new List<string>();
        root.TryGetProperty("choices", out var list);
        foreach (var choice in list.EnumerateArray())
        {
            texts.Add(ReadText(choice, record.Layout.Choice(texts.Count), record, choices));
        }

        output.Add(writer => WriteRecord(writer, root, texts));
    }

    private static string ReadText(JsonElement choice, in ChoiceLayout layout, in Chunk record, ChoiceTrackers choices)
    {
        if (layout.Text.Exists)
        {
            return TextOf(choice, "text");
        }

        if (RepeatedMessages.IsAnswer(layout, record, choices))
        {
            RepeatedMessages.NoteMessage(layout, choices);
            return ContentOf(choice, "message");
        }

        return layout.HasDelta ? ContentOf(choice, "delta") : "";
    }

    private static void WriteRecord(Utf8JsonWriter writer, JsonElement record, List<string> texts)
    {
        foreach (var member in record.EnumerateObject().Where(member => !IsThinking(member)))
        {
            if (!member.NameEquals("choices"u8))
            {
                member.WriteTo(writer);
                continue;
            }

            writer.WriteStartArray("choices"u8);
            var position = 0;
            foreach (var choice in member.Value.EnumerateArray())
            {
                writer.WriteStartObject();
                WriteChoice(writer, choice, texts[position++]);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteChoice(Utf8JsonWriter writer, JsonElement choice, string text)
    {
        foreach (var member in choice.EnumerateObject().Where(member => !IsThinking(member)))
        {
            // The logprobs of chats have another form.
            var isLeftOut = member.Name is "delta" or "message" or "text"
                || (member.Name == "logprobs" && !choice.TryGetProperty("text", out _));
            if (!isLeftOut)
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteString("text"u8, text);
    }

    private static bool IsThinking(JsonProperty member) => ThinkingNames.Contains(Encoding.UTF8.GetBytes(member.Name));

    private static string ContentOf(JsonElement choice, string name) =>
        choice.TryGetProperty(name, out var message) ? TextOf(message, "content") : "";

    private static string TextOf(JsonElement parent, string name)
    {
        var text = new StringBuilder();
        if (parent.TryGetProperty(name, out var value))
        {
            ContentParts.Collect(value, new StringBuilder(), text, isThinking: false);
        }

        return text.ToString();
    }
}
