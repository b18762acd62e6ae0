using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;
using static LambdaChat.Tests.Api.Prefixes.ConversationStep;

namespace LambdaChat.Tests.Api.Prefixes;

/// <summary>Writes the requests of a conversation in the form of an API. Order and formatting of the body vary with each request.</summary>
internal sealed class ConversationClient(string api, Random random)
{
    private static readonly JsonSerializerOptions[] Formats =
        [.. new[] { false, true }.Select(isIndented => new JsonSerializerOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = isIndented,
        })];

    private readonly bool _thinksInTags = random.Next(2) == 0;
    private readonly bool _hasSystem = random.Next(3) > 0;
    private readonly bool _hasTools = random.Next(2) == 0;

    public byte[] Write(IEnumerable<ConversationStep> steps)
    {
        var body = api switch
        {
            "chat" => new JsonObject { ["messages"] = Chat(steps), ["stream"] = random.Next(2) == 0 },
            "completions" => new JsonObject { ["prompt"] = string.Join("\n", steps) },
            "messages" => new JsonObject { ["messages"] = Messages(steps), ["max_tokens"] = random.Next(1, 99) },
            "ui" => new JsonObject { ["messages"] = PageConversation.ToUiMessages(steps), ["id"] = "chat" },
            "ag-ui" => new JsonObject { ["messages"] = PageConversation.ToAgUi(steps), ["threadId"] = "t", ["runId"] = $"{random.Next()}" },
            _ => new JsonObject { ["input"] = Input(steps), ["store"] = false },
        };
        body["model"] = "m";
        body["temperature"] = random.NextDouble();
        AddSystem(body);
        if (_hasTools)
        {
            body["tools"] = api == "ui" ? PageConversation.UiTools() : new JsonArray(Tool());
        }

        var members = body.Select(member => (member.Key, member.Value?.DeepClone())).ToArray();
        random.Shuffle(members);
        var shuffled = new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Item2)));
        return System.Text.Encoding.UTF8.GetBytes(shuffled.ToJsonString(Formats[random.Next(2)]));
    }

    private void AddSystem(JsonObject body)
    {
        const string Text = "You are an assistant.";
        if (!_hasSystem)
        {
            return;
        }

        switch (api)
        {
            case "chat":
                body["messages"]!.AsArray().Insert(0, new JsonObject { ["role"] = _hasTools ? "developer" : "system", ["content"] = Text });
                break;
            case "ui":
                body["system"] = Text;
                break;
            case "ag-ui":
                body["context"] = new JsonArray(new JsonObject { ["description"] = "Page", ["value"] = Text });
                break;
            case "messages":
                body["system"] = random.Next(2) == 0 ? Text : new JsonArray(Block("text", "text", Text));
                break;
            case "responses":
                body["instructions"] = Text;
                break;
        }
    }

    private JsonObject Tool()
    {
        var schema = JsonNode.Parse("""{"type":"object","properties":{"a":{"type":"string"}}}""");
        return api switch
        {
            "messages" => new JsonObject { ["name"] = "f", ["description"] = "d", ["input_schema"] = schema },
            "ag-ui" => new JsonObject { ["name"] = "f", ["description"] = "d", ["parameters"] = schema },
            "responses" => new JsonObject { ["type"] = "function", ["name"] = "f", ["parameters"] = schema },
            _ => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["parameters"] = schema } },
        };
    }

    private JsonArray Chat(IEnumerable<ConversationStep> steps)
    {
        var messages = new JsonArray();
        foreach (var step in steps)
        {
            switch (step)
            {
                case User user:
                    messages.Add(new JsonObject { ["role"] = "user", ["content"] = user.Text });
                    break;
                case Reminder reminder:
                    messages.Add(new JsonObject { ["role"] = _hasTools ? "developer" : "system", ["content"] = reminder.Text });
                    break;
                case Assistant assistant:
                    messages.Add(ChatAnswer(assistant));
                    break;
                case Results results:
                    results.Calls.ToList().ForEach(id => messages.Add(
                        new JsonObject { ["content"] = results.Text, ["role"] = "tool", ["tool_call_id"] = id }));
                    break;
            }
        }

        return messages;
    }

    private JsonObject ChatAnswer(Assistant assistant)
    {
        var isTagged = _thinksInTags && assistant.Thinking is not null;
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = isTagged ? $"<think>{assistant.Thinking}</think>\n\n{assistant.Text}" : assistant.Text,
        };
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

    // Clients move the cache marks to the last blocks, and write short messages in either form.
    private JsonArray Messages(IEnumerable<ConversationStep> steps) => [.. steps.Select(step => step switch
    {
        User user => Message("user", random.Next(2) == 0 ? user.Text : new JsonArray(Marked(Block("text", "text", user.Text)))),
        Reminder reminder => Message("system", reminder.Text),
        Assistant assistant => Message("assistant", new JsonArray([.. Blocks(assistant)])),
        Results results => Message("user", new JsonArray([.. results.Calls.Select(id => Marked(ResultBlock(id, results)))])),
        _ => throw new InvalidOperationException(),
    })];

    private static IEnumerable<JsonNode> Blocks(Assistant assistant)
    {
        if (assistant.Thinking is { } thinking)
        {
            yield return Block("thinking", "thinking", thinking);
        }

        yield return Block("text", "text", assistant.Text);
        foreach (var id in assistant.Calls)
        {
            yield return new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = id,
                ["name"] = "f",
                ["input"] = JsonNode.Parse("""{"a":"b c","d":[1,2]}"""),
            };
        }
    }

    private static JsonObject ResultBlock(string id, Results results) => new()
    {
        ["type"] = "tool_result",
        ["tool_use_id"] = id,
        ["content"] = !results.HasImage ? results.Text : new JsonArray(
            Block("text", "text", results.Text),
            new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "url", ["url"] = $"https://x/{id}" } }),
    };

    private JsonObject Marked(JsonObject block)
    {
        if (random.Next(3) == 0)
        {
            block["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        }

        return block;
    }

    private static JsonArray Input(IEnumerable<ConversationStep> steps) => [.. steps.SelectMany(step => step switch
    {
        User user => [Message("user", new JsonArray(Block("input_text", "text", user.Text)))],
        Reminder reminder => [Message("developer", reminder.Text)],
        Assistant assistant => Items(assistant),
        Results results => results.Calls.Select(id => new JsonObject
        {
            ["type"] = "function_call_output", ["call_id"] = id, ["output"] = !results.HasImage ? results.Text : new JsonArray(
                Block("input_text", "text", results.Text), Block("input_image", "image_url", $"https://x/{id}")),
        }),
        _ => throw new InvalidOperationException(),
    })];

    private static IEnumerable<JsonObject> Items(Assistant assistant)
    {
        if (assistant.Thinking is { } thinking)
        {
            var escaped = JsonText.Quote(thinking).AsSpan()[1..^1];
            yield return new JsonObject
            {
                ["type"] = "reasoning",
                ["summary"] = new JsonArray(),
                ["encrypted_content"] = ThinkingEnvelope.Encode(escaped),
            };
        }

        if (assistant.Text.Length > 0)
        {
            yield return Message("assistant", new JsonArray(Block("output_text", "text", assistant.Text)));
        }

        foreach (var id in assistant.Calls)
        {
            yield return new JsonObject { ["type"] = "function_call", ["call_id"] = id, ["name"] = "f", ["arguments"] = """{"a": 1}""" };
        }
    }

    private static JsonObject Message(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };

    private static JsonObject Block(string type, string member, string text) => new() { ["type"] = type, [member] = text };
}
