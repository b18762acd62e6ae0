using System.Text.Json.Nodes;
using static LambdaChat.Tests.Api.Prefixes.ConversationStep;

namespace LambdaChat.Tests.Api.Prefixes;

/// <summary>The messages of a conversation as clients of chat completions send them.</summary>
/// <param name="variesContent">True if the texts of the user vary between a string and a content part.</param>
internal sealed class ChatConversation(Random random, bool variesContent)
{
    private readonly bool _thinksInTags = random.Next(2) == 0;
    private readonly bool _hasMarks = random.Next(3) == 0;
    private readonly string _systemRole = random.Next(2) == 0 ? "system" : "developer";

    public JsonArray Write(IEnumerable<ConversationStep> steps, string? system)
    {
        var messages = new JsonArray([.. system is null ? [] : new[] { Message(_systemRole, system) }]);
        foreach (var step in steps)
        {
            switch (step)
            {
                case User user:
                    messages.Add(user.HasImage ? WithImage(user.Text)
                        : variesContent && random.Next(2) == 0 ? Marked(user.Text) : Message("user", user.Text));
                    break;
                case Reminder reminder:
                    messages.Add(Message(_systemRole, reminder.Text));
                    break;
                case Assistant assistant:
                    messages.Add(Answer(assistant));
                    break;
                case Results results:
                    results.Calls.ToList().ForEach(id => messages.Add(
                        new JsonObject { ["content"] = results.Text, ["role"] = "tool", ["tool_call_id"] = id }));
                    break;
            }
        }

        if (_hasMarks)
        {
            Mark(messages);
        }

        return messages;
    }

    private JsonObject Answer(Assistant assistant)
    {
        var isTagged = _thinksInTags && assistant.Thinking is not null;
        var message = Message("assistant", isTagged ? $"<think>{assistant.Thinking}</think>\n\n{assistant.Text}" : assistant.Text);
        if (!isTagged && assistant.Thinking is not null)
        {
            message["reasoning_content"] = assistant.Thinking;
        }

        if (assistant.Calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. assistant.Calls.Select(id => new JsonObject
            {
                ["id"] = id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = """{"a": "b"}""" },
            })]);
        }

        return message;
    }

    // Clients with a setting for prompt caches mark the first message and the last two of the user.
    private static void Mark(JsonArray messages)
    {
        var ofUser = messages.Where(message => (string?)message!["role"] == "user").TakeLast(2);
        foreach (var message in ofUser.Append(messages[0]).Distinct().Where(message => message!["content"] is JsonValue).ToList())
        {
            message!["content"] = Marked((string)message["content"]!)["content"]!.DeepClone();
        }
    }

    private static JsonObject Marked(string text) => new()
    {
        ["role"] = "user",
        ["content"] = new JsonArray(new JsonObject
        {
            ["type"] = "text",
            ["text"] = text,
            ["cache_control"] = new JsonObject { ["type"] = "ephemeral" },
        }),
    };

    private static JsonObject WithImage(string text) => new()
    {
        ["role"] = "user",
        ["content"] = new JsonArray(
            new JsonObject { ["type"] = "text", ["text"] = text },
            new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = $"data:image/png;base64,{Image}" } }),
    };

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
