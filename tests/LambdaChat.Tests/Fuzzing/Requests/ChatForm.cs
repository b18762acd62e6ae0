using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A conversation as clients of Chat Completions send it.</summary>
internal sealed class ChatForm(GeneratedConversation conversation, Mutator random)
{
    private readonly JsonArray _messages = [];
    private readonly string _system = random.Pick(["system", "system", "developer"]);

    public JsonObject Write()
    {
        foreach (var turn in conversation.Turns)
        {
            Add(turn);
        }

        var body = new JsonObject { ["model"] = "m", ["messages"] = _messages };
        foreach (var (name, value) in conversation.Settings)
        {
            var isRenamed = name == "max_tokens" && random.OneIn(2);
            body[isRenamed ? "max_completion_tokens" : name] = JsonNode.Parse(value);
        }

        if (body["stop"] is JsonArray { Count: 1 } stop && random.OneIn(2))
        {
            body["stop"] = (string?)stop[0];
        }

        AddTools(body);
        AddFormat(body);
        AddOthers(body);
        return body;
    }

    private void Add(Turn turn)
    {
        switch (turn.Role)
        {
            case "assistant":
                AddAssistant(turn);
                break;
            case "system":
                _messages.Add(new JsonObject { ["role"] = _system, ["content"] = ContentOf(turn.Pieces) });
                break;
            default:
                _messages.Add(new JsonObject { ["role"] = "user", ["content"] = ContentOf(turn.Pieces) });
                break;
        }
    }

    private JsonNode ContentOf(IReadOnlyList<Piece> pieces) => pieces is [{ IsImage: false, Name: "" } only] && !random.OneIn(3)
        ? only.Text
        : new JsonArray([.. pieces.SelectMany(PartsOf)]);

    private IEnumerable<JsonNode> PartsOf(Piece piece)
    {
        if (piece.IsImage)
        {
            var image = new JsonObject { ["url"] = piece.Text };
            if (random.OneIn(2))
            {
                image["detail"] = "auto";
            }

            return [new JsonObject { ["type"] = "image_url", ["image_url"] = image }];
        }

        var part = new JsonObject { ["type"] = "text", ["text"] = piece.Text };
        if (random.OneIn(8))
        {
            part["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        }

        return piece.Name.Length == 0 ? [part] : [new JsonObject { ["type"] = "text", ["text"] = piece.Name }, part];
    }

    private void AddAssistant(Turn turn)
    {
        var message = new JsonObject { ["role"] = "assistant" };
        message["content"] = turn.Pieces.Count > 0 ? random.OneIn(4) ? ContentOf(turn.Pieces) : turn.Text
            : turn.Calls.Count > 0 && !random.OneIn(3) ? null
            : random.OneIn(4) ? new JsonArray() : "";
        if (turn.Thinking.Length > 0)
        {
            message["reasoning_content"] = turn.Thinking;
        }

        if (turn.Calls.Count > 0 || random.OneIn(4))
        {
            message["tool_calls"] = new JsonArray([.. turn.Calls.Select(CallOf)]);
        }

        if (random.OneIn(3)) // As OpenAI's SDKs write the message of a reply.
        {
            (message["refusal"], message["function_call"], message["audio"]) = (null, null, null);
        }

        _messages.Add(message);
        foreach (var call in turn.Calls)
        {
            var text = call.Result is null ? "The tool was not run." : call.Text;
            _messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = call.ModelId, ["content"] = text });
        }

        if (turn.Calls.SelectMany(static call => call.Images).ToList() is { Count: > 0 } images)
        {
            _messages.Add(new JsonObject { ["role"] = "user", ["content"] = ContentOf(images) });
        }
    }

    private static JsonObject CallOf(ToolUse call) => new()
    {
        ["id"] = call.ModelId,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Input },
    };

    private void AddTools(JsonObject body)
    {
        if (conversation.Tools.Count == 0)
        {
            if (random.OneIn(4)) // As Xcode and Koog.
            {
                (body["tools"], body["tool_choice"]) = (new JsonArray(), "auto");
            }

            return;
        }

        body["tools"] = new JsonArray([.. conversation.Tools.Select(ToolOf)]);
        if (conversation.Choice is { } choice)
        {
            body["tool_choice"] = choice is "auto" or "none" or "required"
                ? choice
                : new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = choice } };
        }

        if (conversation.IsParallel is { } isParallel)
        {
            body["parallel_tool_calls"] = isParallel;
        }
    }

    private JsonObject ToolOf(Tool tool)
    {
        var function = new JsonObject { ["name"] = tool.Name, ["parameters"] = JsonNode.Parse(tool.Schema) };
        if (tool.Description is not null || random.OneIn(3))
        {
            function["description"] = tool.Description;
        }

        if (tool.IsStrict || random.OneIn(3))
        {
            function["strict"] = tool.IsStrict ? true : random.OneIn(2) ? false : null;
        }

        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    private void AddFormat(JsonObject body)
    {
        if (conversation.Format is { } schema)
        {
            body["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "output", ["strict"] = true, ["schema"] = JsonNode.Parse(schema) },
            };
        }
    }

    private void AddOthers(JsonObject body)
    {
        if (random.OneIn(2))
        {
            body["stream"] = true;
            body["stream_options"] = random.OneIn(2) ? new JsonObject { ["include_usage"] = random.OneIn(2) } : null;
        }

        if (random.OneIn(3))
        {
            (body["logit_bias"], body["store"], body["service_tier"], body["logprobs"]) = (null, false, null, null);
        }
    }
}
