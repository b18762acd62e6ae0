using System.Text.Json.Nodes;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A conversation as clients of the Responses API send it.</summary>
internal sealed class ResponsesForm(GeneratedConversation conversation, Mutator random)
{
    private readonly JsonArray _input = [];
    private readonly JsonObject _body = new() { ["model"] = "m" };
    private int _items;

    public JsonObject Write()
    {
        var turns = conversation.Turns;
        if (turns[0] is { Role: "system", Pieces.Count: 1 } first && random.OneIn(2))
        {
            _body["instructions"] = first.Text;
            turns = turns[1..];
        }

        List<ToolUse> late = [];
        foreach (var turn in turns)
        {
            Add(turn);
            if (random.OneIn(2))
            {
                late.ForEach(AddResult);
                late.Clear();
            }

            late.AddRange(turn.Calls.Where(static call => call.IsLate && call.Result is not null));
        }

        late.ForEach(AddResult);

        _body["input"] = turns is [{ Role: "user", Pieces: [{ IsImage: false, Name: "" } only] }] && random.OneIn(2) ? only.Text : _input;
        AddTools();
        AddSettings();
        return _body;
    }

    private void Add(Turn turn)
    {
        if (turn.Role == "assistant")
        {
            AddAssistant(turn);
            return;
        }

        var role = turn.Role == "user" ? "user" : random.Pick(["system", "developer"]);
        var isText = turn.Pieces is [{ IsImage: false, Name: "" }] && random.OneIn(2);
        AddMessage(role, isText ? turn.Text : Parts(turn.Pieces, "input_text"));
    }

    private void AddMessage(string role, JsonNode content)
    {
        var message = new JsonObject { ["role"] = role, ["content"] = content };
        if (random.OneIn(2))
        {
            message["type"] = "message";
        }

        if (role == "assistant" && random.OneIn(2))
        {
            (message["id"], message["status"]) = ($"msg_{_items++}", "completed");
        }

        _input.Add(message);
    }

    private JsonArray Parts(IEnumerable<Piece> pieces, string type) => [.. pieces.SelectMany(piece => PartsOf(piece, type))];

    private IEnumerable<JsonObject> PartsOf(Piece piece, string type)
    {
        if (piece.IsImage)
        {
            return [new JsonObject { ["type"] = "input_image", ["image_url"] = piece.Text, ["detail"] = random.Pick(["auto", "low", "original"]) }];
        }

        var part = new JsonObject { ["type"] = type, ["text"] = piece.Text };
        if (type == "output_text")
        {
            part["annotations"] = new JsonArray();
        }

        return piece.Name.Length == 0 ? [part] : [new JsonObject { ["type"] = type, ["text"] = piece.Name }, part];
    }

    private void AddAssistant(Turn turn)
    {
        if (turn.Thinking.Length > 0)
        {
            AddThinking(turn.Thinking);
        }

        if (random.OneIn(8)) // What OpenAI's servers add.
        {
            _input.Add(new JsonObject { ["type"] = "web_search_call", ["id"] = $"ws_{_items++}", ["status"] = "completed" });
            _input.Add(new JsonObject { ["id"] = $"rs_{_items++}", ["type"] = "item_reference" });
        }

        foreach (var call in turn.AreCallsFirst ? turn.Calls : [])
        {
            AddCall(call);
        }

        if (turn.Pieces.Count > 0)
        {
            AddMessage("assistant", random.OneIn(3) ? turn.Text : Parts(turn.Pieces, "output_text"));
        }

        foreach (var call in turn.AreCallsFirst ? [] : turn.Calls)
        {
            AddCall(call);
        }

        foreach (var call in turn.Calls.Where(static call => !call.IsLate && call.Result is not null))
        {
            AddResult(call);
        }
    }

    private void AddThinking(string text)
    {
        var item = new JsonObject { ["type"] = "reasoning", ["id"] = $"rs_{_items++}", ["summary"] = new JsonArray() };
        switch (random.Random.Next(3))
        {
            case 0:
                item["summary"] = new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = text });
                item["content"] = null;
                break;
            case 1:
                item["content"] = new JsonArray(new JsonObject { ["type"] = "reasoning_text", ["text"] = text });
                item["encrypted_content"] = null;
                break;
            default:
                item["encrypted_content"] = ThinkingEnvelope.Encode(JsonText.Quote(text).AsSpan()[1..^1]);
                break;
        }

        _input.Add(item);
    }

    private void AddCall(ToolUse call)
    {
        var item = new JsonObject
        {
            ["type"] = "function_call",
            ["call_id"] = call.Id,
            ["name"] = call.Name,
            ["arguments"] = call.Input,
        };
        if (random.OneIn(2))
        {
            (item["id"], item["status"]) = ($"fc_{_items++}", "completed");
        }

        _input.Add(item);
    }

    private void AddResult(ToolUse call) => _input.Add(new JsonObject
    {
        ["type"] = "function_call_output",
        ["call_id"] = call.Id,
        ["output"] = call.Images.Any() || random.OneIn(4) ? Parts(call.Result!, "input_text") : call.Text,
    });

    private void AddTools()
    {
        if (conversation.Tools.Count == 0)
        {
            return;
        }

        _body["tools"] = new JsonArray([.. conversation.Tools.Select(tool =>
        {
            var item = new JsonObject
            {
                ["type"] = "function",
                ["name"] = tool.Name,
                ["parameters"] = JsonNode.Parse(tool.Schema),
                ["strict"] = tool.IsStrict,
            };
            if (tool.Description is not null || random.OneIn(3))
            {
                item["description"] = tool.Description;
            }

            return item;
        })]);
        if (conversation.Choice is { } choice)
        {
            _body["tool_choice"] = choice is "auto" or "none" or "required"
                ? choice
                : new JsonObject { ["type"] = "function", ["name"] = choice };
        }

        if (conversation.IsParallel is { } isParallel)
        {
            _body["parallel_tool_calls"] = isParallel;
        }
    }

    private void AddSettings()
    {
        foreach (var name in (string[])["temperature", "top_p", "presence_penalty", "frequency_penalty", "max_tokens"])
        {
            if (conversation.Settings.TryGetValue(name, out var value))
            {
                _body[name == "max_tokens" ? "max_output_tokens" : name] = JsonNode.Parse(value);
            }
        }

        if (conversation.Settings.TryGetValue("reasoning_effort", out var effort))
        {
            _body["reasoning"] = new JsonObject { ["effort"] = JsonNode.Parse(effort), ["summary"] = "auto" };
        }

        if (conversation.Format is { } schema)
        {
            var format = new JsonObject { ["type"] = "json_schema", ["name"] = "output", ["strict"] = true };
            format["schema"] = JsonNode.Parse(schema);
            _body["text"] = new JsonObject { ["format"] = format, ["verbosity"] = "low" };
        }

        if (random.OneIn(2))
        {
            (_body["stream"], _body["store"]) = (random.OneIn(2), random.OneIn(2));
            (_body["include"], _body["truncation"]) = (new JsonArray("reasoning.encrypted_content"), "auto");
            (_body["metadata"], _body["previous_response_id"]) = (new JsonObject { ["a"] = "b" }, null);
        }
    }
}
