using System.Text.Json.Nodes;
using static LambdaChat.Tests.Api.Prefixes.ConversationStep;

namespace LambdaChat.Tests.Api.Prefixes;

/// <summary>The history of a conversation as chat pages send it: the AI SDK's UI messages, and AG-UI's messages.</summary>
internal static class PageConversation
{
    public static JsonObject UiTools() => JsonNode.Parse("""{"f":{"description":"d","parameters":{"type":"object"}}}""")!.AsObject();

    /// <summary>One message for each reply: its steps, with the calls and their outputs, are parts of it.</summary>
    public static JsonArray ToUiMessages(IEnumerable<ConversationStep> steps)
    {
        var all = steps.ToList();
        var messages = new JsonArray();
        for (var i = 0; i < all.Count; i++)
        {
            switch (all[i])
            {
                case User user:
                    messages.Add(UiMessage("user", [Part("text", user.Text), .. Files(user)]));
                    break;
                case Reminder reminder:
                    messages.Add(UiMessage("system", [Part("text", reminder.Text)]));
                    break;
                case Assistant assistant:
                    if (messages[^1]!["role"]!.GetValue<string>() != "assistant")
                    {
                        messages.Add(UiMessage("assistant", []));
                    }

                    var parts = messages[^1]!["parts"]!.AsArray();
                    UiParts(assistant, i + 1 < all.Count ? all[i + 1] as Results : null).ForEach(parts.Add);
                    break;
            }
        }

        return messages;
    }

    /// <summary>Thinking, text, calls and results are separate messages.</summary>
    public static JsonArray ToAgUi(IEnumerable<ConversationStep> steps) => [.. steps.SelectMany(step => step switch
    {
        User { HasImage: true } user => [WithImage(user.Text)],
        User user => [Message("user", user.Text)],
        Reminder reminder => [Message("system", reminder.Text)],
        Assistant assistant => AgUiMessages(assistant),
        Results results => results.Calls.Select(id => Message("tool", results.Text, ("toolCallId", id))),
        _ => throw new InvalidOperationException(),
    })];

    private static List<JsonNode> UiParts(Assistant assistant, Results? results)
    {
        List<JsonNode> parts = [new JsonObject { ["type"] = "step-start" }];
        if (assistant.Thinking is { } thinking)
        {
            parts.Add(Part("reasoning", thinking));
        }

        parts.Add(Part("text", assistant.Text));
        parts.AddRange(assistant.Calls.Select(id => new JsonObject
        {
            ["type"] = "tool-f",
            ["toolCallId"] = id,
            ["state"] = "output-available",
            ["input"] = JsonNode.Parse("""{"a":[1,"b c"]}"""),
            ["output"] = results!.HasImage ? new JsonObject { ["text"] = results.Text } : results.Text,
        }));
        return parts;
    }

    private static IEnumerable<JsonObject> AgUiMessages(Assistant assistant)
    {
        if (assistant.Thinking is { } thinking)
        {
            yield return Message("reasoning", thinking);
        }

        if (assistant.Text.Length > 0)
        {
            yield return Message("assistant", assistant.Text);
        }

        if (assistant.Calls.Count > 0)
        {
            var calls = assistant.Calls.Select(id =>
                JsonNode.Parse($$$"""{"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}"""));
            yield return new JsonObject { ["id"] = "m", ["role"] = "assistant", ["toolCalls"] = new JsonArray([.. calls]) };
        }
    }

    private static IEnumerable<JsonNode> Files(User user) => !user.HasImage ? []
        : [new JsonObject { ["type"] = "file", ["mediaType"] = "image/png", ["url"] = $"data:image/png;base64,{Image}" }];

    private static JsonObject WithImage(string text) => new()
    {
        ["id"] = "m",
        ["role"] = "user",
        ["content"] = new JsonArray(Part("text", text), JsonNode.Parse(
            $$$"""{"type":"image","source":{"type":"data","mimeType":"image/png","value":"{{{Image}}}"}}""")),
    };

    private static JsonObject UiMessage(string role, JsonArray parts) => new() { ["id"] = "m", ["role"] = role, ["parts"] = parts };

    private static JsonObject Part(string type, string text) => new() { ["type"] = type, ["text"] = text };

    private static JsonObject Message(string role, string content, (string Name, string Value)? member = null)
    {
        var message = new JsonObject { ["id"] = "m", ["role"] = role, ["content"] = content };
        if (member is var (name, value))
        {
            message[name] = value;
        }

        return message;
    }
}
