using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Recordings;

/// <summary>
/// Joins objects that arrive in pieces as OpenAI's SDKs do.
/// Source: https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py
/// </summary>
internal static class JoinedJson
{
    /// <summary>Adds the members of a piece but those in <paramref name="except"/>.</summary>
    /// <param name="joinsTexts">True to append texts; false if the last one counts.</param>
    public static void Add(JsonObject joined, JsonObject piece, bool joinsTexts, params string[] except)
    {
        foreach (var (name, value) in piece)
        {
            if (value is null || except.Contains(name))
            {
                continue;
            }

            if (joined[name] is JsonObject members && value is JsonObject more)
            {
                Add(members, more, joinsTexts);
            }
            else if (joined[name] is JsonArray list && value is JsonArray elements)
            {
                foreach (var element in elements)
                {
                    list.Add(element?.DeepClone());
                }
            }
            else if (joinsTexts && joined[name] is JsonValue text && text.TryGetValue<string>(out var start) && name is not ("id" or "type"
                or "name" or "index"))
            {
                joined[name] = start + (string?)value;
            }
            else
            {
                joined[name] = value.DeepClone();
            }
        }
    }
}
