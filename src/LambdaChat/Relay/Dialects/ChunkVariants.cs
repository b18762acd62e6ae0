using System.Text;
using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Chat chunks whose choices have another form than OpenAI's: a <c>message</c> beside the <c>delta</c> (text-generation-webui), <c>text</c>
/// in place of a delta, no delta, texts as a list of parts (Mistral), <c>logprobs</c> as a list (LMI), the <c>usage</c> in a choice (Kimi),
/// true and false in place of values, members that are in the delta twice. Of these, the last one counts, as for most JSON parsers.
/// </summary>
internal sealed class ChunkVariants : IDialect
{
    public bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        var layout = record.Layout;
        var (hasMessage, isOther) = (false, false);
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref layout.Choice(i);
            hasMessage |= choice.Message.Exists;
            isOther |= !choice.HasDelta || choice.HasUsage || choice.HasOtherLogprobs || choice.HasParts || choice.HasRepeated;
        }

        if (isOther)
        {
            Rewrite(record.Json, output);
        }
        else if (hasMessage)
        {
            RemoveMessages(record, output);
        }

        return isOther || hasMessage;
    }

    // A server that sends the message with each chunk costs no allocation per chunk.
    private static void RemoveMessages(in Chunk record, RecordList output)
    {
        var position = 0;
        for (var i = 0; i < record.Layout.ChoiceCount; i++)
        {
            var message = record.Layout.Choice(i).Message;
            if (message.Exists)
            {
                var (start, end) = message.WithComma(record.Json);
                output.Bytes.Append(record.Json[position..start]);
                position = end;
            }
        }

        output.Bytes.Append(record.Json[position..]);
        output.End();
    }

    private static void Rewrite(ReadOnlySpan<byte> json, RecordList output)
    {
        using var document = JsonDocument.Parse(json.ToArray());
        var root = document.RootElement;
        var usage = FindUsage(root);
        output.Add(writer =>
        {
            var hasUsage = usage.ValueKind == JsonValueKind.Object;
            if (hasUsage)
            {
                writer.WritePropertyName("usage"u8);
                usage.WriteTo(writer);
            }

            foreach (var member in root.EnumerateObject().Where(member => !hasUsage || !member.NameEquals("usage"u8)))
            {
                if (!member.NameEquals("choices"u8))
                {
                    member.WriteTo(writer);
                    continue;
                }

                writer.WriteStartArray("choices"u8);
                foreach (var choice in member.Value.EnumerateArray())
                {
                    WriteChoice(writer, choice);
                }

                writer.WriteEndArray();
            }
        });
    }

    // The usage beside the choices, else that of the last choice that has one.
    private static JsonElement FindUsage(JsonElement root)
    {
        if (root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            return usage;
        }

        root.TryGetProperty("choices", out var choices);
        foreach (var choice in choices.EnumerateArray())
        {
            usage = choice.TryGetProperty("usage", out var own) && own.ValueKind == JsonValueKind.Object ? own : usage;
        }

        return usage;
    }

    private static void WriteChoice(Utf8JsonWriter writer, JsonElement choice)
    {
        writer.WriteStartObject();
        var hasDelta = choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object;
        foreach (var member in choice.EnumerateObject().Where(member => member.Name is not ("delta" or "message" or "text" or "usage")))
        {
            WriteMember(writer, member);
        }

        writer.WriteStartObject("delta"u8);
        if (hasDelta)
        {
            WriteDelta(writer, delta);
        }
        else if (choice.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
        {
            writer.WritePropertyName("content"u8);
            text.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter writer, JsonProperty member)
    {
        var isLogprobs = member.NameEquals("logprobs"u8);
        if (!isLogprobs || member.Value.ValueKind == JsonValueKind.Object)
        {
            member.WriteTo(writer);
            return;
        }

        if (member.Value.ValueKind != JsonValueKind.Array)
        {
            writer.WriteNull("logprobs"u8);
            return;
        }

        writer.WriteStartObject("logprobs"u8);
        writer.WritePropertyName("content"u8);
        member.Value.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteDelta(Utf8JsonWriter writer, JsonElement delta)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in delta.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        var hasRefusal = members.TryGetValue("refusal", out var refusal) && ContentParts.HasText(refusal);
        foreach (var (name, value) in members)
        {
            var isObject = value.ValueKind is JsonValueKind.Null or JsonValueKind.Object;
            if (name is "reasoning" or "reasoning_content" or "content" or "refusal"
                && value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                WriteText(writer, name, value, hasRefusal && name != "refusal");
            }
            else if (name != "function_call" || isObject)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, JsonElement value, bool hasRefusal)
    {
        var isThinking = name is "reasoning" or "reasoning_content";
        var (thinking, text) = (new StringBuilder(), new StringBuilder());
        ContentParts.Collect(value, thinking, text, isThinking, hasRefusal);
        if (isThinking || thinking.Length > 0)
        {
            writer.WriteString(name == "reasoning" ? "reasoning"u8 : "reasoning_content"u8, thinking.ToString());
        }

        if (!isThinking)
        {
            writer.WriteString(name == "refusal" ? "refusal"u8 : "content"u8, text.ToString());
        }
    }
}
