using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;
using static LambdaChat.Tests.Api.Prefixes.ConversationStep;

namespace LambdaChat.Tests.Api.Prefixes;

/// <summary>
/// Writes the requests of a conversation in the form of an API. Order, formatting and escapes of the body vary with each request.
/// </summary>
/// <param name="variesContent">True if texts of chat completions vary between a string and a content part.</param>
internal sealed class ConversationClient(string api, Random random, bool variesContent = false)
{
    private const string SystemPrompt = "You are an assistant.";

    // The default encoder escapes all characters outside of ASCII, and some others.
    private static readonly JsonSerializerOptions[] Formats =
    [
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping },
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true },
        new(),
    ];

    private readonly bool _hasSystem = random.Next(3) > 0;
    private readonly bool _hasTools = random.Next(2) == 0;
    private readonly ChatConversation _chat = new(random, variesContent);

    /// <summary>True if the conversation has a system message.</summary>
    public bool HasSystem => _hasSystem;

    public byte[] Write(IEnumerable<ConversationStep> steps)
    {
        var body = api switch
        {
            "chat" => new JsonObject
            {
                ["messages"] = _chat.Write(steps, _hasSystem ? SystemPrompt : null),
                ["stream"] = random.Next(2) == 0
            },
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
        return Encoding.UTF8.GetBytes(shuffled.ToJsonString(Formats[random.Next(Formats.Length)]));
    }

    private void AddSystem(JsonObject body)
    {
        if (!_hasSystem)
        {
            return;
        }

        switch (api)
        {
            case "ui":
                body["system"] = SystemPrompt;
                break;
            case "ag-ui":
                body["context"] = new JsonArray(new JsonObject { ["description"] = "Page", ["value"] = SystemPrompt });
                break;
            case "messages":
                body["system"] = random.Next(2) == 0 ? SystemPrompt : new JsonArray(Block("text", "text", SystemPrompt));
                break;
            case "responses":
                body["instructions"] = SystemPrompt;
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

    // Clients move the cache marks to the last blocks, and write short messages in either form.
    private JsonArray Messages(IEnumerable<ConversationStep> steps) => [.. steps.Select(step => step switch
    {
        User { HasImage: true } user => Message("user", new JsonArray(Block("text", "text", user.Text), Marked(ImageBlock()))),
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
        User user => [Message("user", new JsonArray([Block("input_text", "text", user.Text), .. Images(user)]))],
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

    private static JsonObject ImageBlock() =>
        JsonNode.Parse($$$"""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Image}}}"}}""")!.AsObject();

    private static IEnumerable<JsonNode> Images(User user) =>
        user.HasImage ? [Block("input_image", "image_url", $"data:image/png;base64,{Image}")] : [];

    private static JsonObject Message(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };

    private static JsonObject Block(string type, string member, string text) => new() { ["type"] = type, [member] = text };
}
