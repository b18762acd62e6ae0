using System.Text;
using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>Texts that a model server sends as a list of parts, as one part, or as a number.</summary>
internal static class ContentParts
{
    /// <summary>Adds the texts of a value. Parts are nested: {"type":"thinking","thinking":[{"type":"text","text":…}]}.</summary>
    /// <param name="isThinking">True if the value is a part of the thinking.</param>
    /// <param name="hasRefusal">True if the refusal is also beside the parts, so that those of the parts are not needed.</param>
    public static void Collect(
        JsonElement part, StringBuilder thinking, StringBuilder text, bool isThinking, bool hasRefusal = false)
    {
        switch (part.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var element in part.EnumerateArray())
                {
                    Collect(element, thinking, text, isThinking, hasRefusal);
                }

                break;
            case JsonValueKind.String:
                (isThinking ? thinking : text).Append(part.GetString());
                break;
            case JsonValueKind.Number:
                (isThinking ? thinking : text).Append(part.GetRawText());
                break;
            case JsonValueKind.Object:
                CollectMembers(part, thinking, text, isThinking || IsThinking(part), hasRefusal);
                break;
        }
    }

    /// <summary>True if a value has text, in any form.</summary>
    public static bool HasText(JsonElement value)
    {
        var text = new StringBuilder();
        Collect(value, text, text, isThinking: false);
        return text.Length > 0;
    }

    private static void CollectMembers(
        JsonElement part, StringBuilder thinking, StringBuilder text, bool isThinking, bool hasRefusal)
    {
        var start = text.Length;
        foreach (var name in (ReadOnlySpan<string>)["thinking", "reasoning", "reasoning_content", "summary", "text", "content"])
        {
            if (part.TryGetProperty(name, out var inner))
            {
                Collect(inner, thinking, text, isThinking || name is not ("text" or "content"), hasRefusal);
            }
        }

        // {"type":"refusal","refusal":…}. A part that also has a text repeats it.
        if (!hasRefusal && text.Length == start && part.TryGetProperty("refusal", out var refusal))
        {
            Collect(refusal, thinking, text, isThinking);
        }
    }

    // {"type":"reasoning","text":…} and {"thought":true,"text":…}
    private static bool IsThinking(JsonElement part) =>
        (part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            && ThinkingNames.Contains(Encoding.UTF8.GetBytes(type.GetString()!)))
        || (part.TryGetProperty("thought", out var thought) && thought.ValueKind == JsonValueKind.True);
}
