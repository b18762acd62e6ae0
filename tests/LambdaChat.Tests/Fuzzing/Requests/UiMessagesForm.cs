using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A conversation as the chat transports of the AI SDK and of assistant-ui send it.</summary>
internal sealed class UiMessagesForm(GeneratedConversation conversation, Mutator random)
{
    private readonly JsonArray _messages = [];
    private readonly JsonObject _body = new() { ["id"] = "c1", ["trigger"] = "submit-message", ["model"] = "m" };
    private JsonArray? _assistant; // The parts of the message that may be continued.

    public JsonObject Write()
    {
        var turns = conversation.Turns;
        if (turns[0] is { Role: "system", Pieces.Count: 1 } first && random.OneIn(2))
        {
            _body["system"] = first.Text;
            turns = turns[1..];
        }

        turns.ForEach(Add);
        _body["messages"] = _messages;
        if (conversation.Tools.Count > 0)
        {
            var tools = new JsonObject();
            conversation.Tools.ForEach(tool => tools[tool.Name] = ToolOf(tool));
            _body["tools"] = tools;
        }

        AddSettings();
        return _body;
    }

    private void Add(Turn turn)
    {
        if (turn.Role != "assistant" || _assistant is null)
        {
            _assistant = turn.Role == "assistant" ? [] : null;
            var parts = _assistant ?? [.. turn.Pieces.Select(PartOf)];
            _messages.Add(new JsonObject { ["id"] = $"m{_messages.Count}", ["role"] = turn.Role, ["parts"] = parts });
        }

        if (_assistant is not null)
        {
            AddStep(turn);
        }
    }

    private void AddStep(Turn turn)
    {
        _assistant!.Add(new JsonObject { ["type"] = "step-start" });
        if (turn.Thinking.Length > 0)
        {
            _assistant.Add(new JsonObject { ["type"] = "reasoning", ["text"] = turn.Thinking, ["state"] = "done" });
        }

        IEnumerable<JsonObject> texts = turn.Pieces.Select(PartOf), calls = turn.Calls.Select(CallOf);
        foreach (var part in turn.AreCallsFirst ? calls.Concat(texts) : texts.Concat(calls))
        {
            _assistant.Add(part);
        }

        if (random.OneIn(6))
        {
            _assistant.Add(new JsonObject { ["type"] = "data-weather", ["data"] = new JsonObject { ["a"] = null } });
        }
    }

    private JsonObject PartOf(Piece piece)
    {
        if (!piece.IsImage && piece.Name.Length == 0)
        {
            return new JsonObject { ["type"] = "text", ["text"] = piece.Text };
        }

        var url = piece.IsImage ? piece.Text
            : $"data:text/plain;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(piece.Text))}";
        var type = piece.IsImage ? piece.Text[5..piece.Text.IndexOf(';', StringComparison.Ordinal)] : "text/plain";
        var part = new JsonObject { ["type"] = "file", ["mediaType"] = type, ["url"] = url };
        if (piece.Name.Length > 0)
        {
            part["filename"] = piece.Name;
        }

        return part;
    }

    private JsonObject CallOf(ToolUse call)
    {
        var isDynamic = random.OneIn(4);
        var part = new JsonObject
        {
            ["type"] = isDynamic ? "dynamic-tool" : $"tool-{call.Name}",
            ["toolCallId"] = call.Id,
            ["input"] = JsonNode.Parse(call.Input),
            ["state"] = call.Result is null ? "input-available" : call.IsError ? "output-error" : "output-available",
        };
        if (isDynamic)
        {
            part["toolName"] = call.Name;
        }

        if (call.Result is null)
        {
            return part;
        }

        if (call.IsError)
        {
            part["errorText"] = call.Text;
        }
        else
        {
            part["output"] = call.Text.StartsWith('{') && !random.OneIn(3) ? JsonNode.Parse(call.Text) : call.Text;
        }

        return part;
    }

    private JsonObject ToolOf(Tool tool)
    {
        var item = new JsonObject { [random.Pick(["parameters", "inputSchema"])] = JsonNode.Parse(tool.Schema) };
        if (tool.Description is not null)
        {
            item["description"] = tool.Description;
        }

        return item;
    }

    private void AddSettings()
    {
        var settings = new JsonObject();
        foreach (var (name, target) in ((string, string)[])[
            ("temperature", "temperature"), ("top_p", "topP"), ("top_k", "topK"), ("presence_penalty", "presencePenalty"),
            ("frequency_penalty", "frequencyPenalty"), ("seed", "seed"), ("stop", "stopSequences"),
            ("max_tokens", random.Pick(["maxTokens", "maxOutputTokens"]))])
        {
            if (conversation.Settings.TryGetValue(name, out var value))
            {
                settings[target] = JsonNode.Parse(value);
            }
        }

        if (settings.Count > 0)
        {
            _body["callSettings"] = settings;
        }
    }
}
