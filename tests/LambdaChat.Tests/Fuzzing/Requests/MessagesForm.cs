using System.Text.Json.Nodes;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A conversation as clients of the Messages API send it.</summary>
internal sealed class MessagesForm(GeneratedConversation conversation, Mutator random)
{
    private readonly JsonArray _messages = [];
    private readonly JsonObject _body = new() { ["model"] = "m", ["max_tokens"] = 4096 };

    public JsonObject Write()
    {
        var system = conversation.Turns.TakeWhile(static turn => turn.Role == "system").ToList();
        if (system.Count > 0)
        {
            var pieces = system.SelectMany(static turn => turn.Pieces).ToList();
            _body["system"] = pieces.Count == 1 && !random.OneIn(3) ? pieces[0].Text : Blocks(pieces);
        }

        List<ToolUse> waiting = [];
        foreach (var turn in conversation.Turns.Skip(system.Count))
        {
            Add(turn, waiting);
            waiting = [.. turn.Calls];
        }

        AddResults(waiting, []);
        _body["messages"] = _messages;
        AddTools();
        AddSettings();
        return _body;
    }

    private void Add(Turn turn, List<ToolUse> waiting)
    {
        var content = turn.Role == "assistant" ? AssistantBlocks(turn) : Blocks(turn.Pieces);
        if (turn.Role == "user" && random.OneIn(2))
        {
            AddResults(waiting, content);
            return;
        }

        AddResults(waiting, []);
        var isText = content is [JsonObject only] && (string?)only["type"] == "text" && random.OneIn(2);
        _messages.Add(new JsonObject { ["role"] = turn.Role, ["content"] = isText ? (string?)content[0]!["text"] : content });
    }

    private JsonArray Blocks(IEnumerable<Piece> pieces) => [.. pieces.Select(BlockOf)];

    private JsonObject BlockOf(Piece piece)
    {
        var block = piece.IsImage ? new JsonObject { ["type"] = "image", ["source"] = SourceOf(piece.Text) }
            : piece.Name.Length > 0 ? new JsonObject
            {
                ["type"] = "document",
                ["title"] = piece.Name,
                ["source"] = new JsonObject { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = piece.Text },
            }
            : new JsonObject { ["type"] = "text", ["text"] = piece.Text };
        if (random.OneIn(8))
        {
            block["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        }

        return block;
    }

    private JsonObject SourceOf(string url) => random.OneIn(4)
        ? new JsonObject { ["type"] = "url", ["url"] = url }
        : new JsonObject
        {
            ["type"] = "base64",
            ["media_type"] = url[5..url.IndexOf(';', StringComparison.Ordinal)],
            ["data"] = url[(url.IndexOf(',', StringComparison.Ordinal) + 1)..],
        };

    private JsonArray AssistantBlocks(Turn turn)
    {
        var blocks = new JsonArray();
        if (turn.Thinking.Length > 0)
        {
            var isOmitted = random.OneIn(3);
            var signature = isOmitted ? ThinkingEnvelope.Encode(JsonText.Quote(turn.Thinking).AsSpan()[1..^1]) : "c2ln";
            blocks.Add(new JsonObject
            {
                ["type"] = "thinking",
                ["thinking"] = isOmitted ? "" : turn.Thinking,
                ["signature"] = signature,
            });
        }

        if (random.OneIn(8)) // What Anthropic's servers add.
        {
            blocks.Add(new JsonObject { ["type"] = "redacted_thinking", ["data"] = "x" });
            blocks.Add(new JsonObject { ["type"] = "server_tool_use", ["id"] = "s", ["name"] = "web_search", ["input"] = new JsonObject() });
            blocks.Add(new JsonObject { ["type"] = "web_search_tool_result", ["tool_use_id"] = "s", ["content"] = new JsonArray() });
        }

        foreach (var block in turn.AreCallsFirst ? turn.Calls.Select(CallOf) : [])
        {
            blocks.Add(block);
        }

        foreach (var piece in turn.Pieces)
        {
            blocks.Add(BlockOf(piece));
        }

        foreach (var block in turn.AreCallsFirst ? [] : turn.Calls.Select(CallOf))
        {
            blocks.Add(block);
        }

        return blocks;
    }

    private static JsonObject CallOf(ToolUse call) => new()
    {
        ["type"] = "tool_use",
        ["id"] = call.Id,
        ["name"] = call.Name,
        ["input"] = JsonNode.Parse(call.Input),
    };

    // Together with what the user says, or as a message.
    private void AddResults(List<ToolUse> calls, JsonArray content)
    {
        var results = calls.Where(static call => call.Result is not null).Select(ResultOf).ToList();
        if (results.Count > 1 && random.OneIn(4) && !calls.Exists(static call => call.Images.Any()))
        {
            results.Reverse();
        }

        for (var i = 0; i < results.Count; i++)
        {
            content.Insert(i, results[i]);
        }

        if (content.Count > 0)
        {
            _messages.Add(new JsonObject { ["role"] = "user", ["content"] = content });
        }
    }

    private JsonObject ResultOf(ToolUse call)
    {
        var result = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call.Id };
        if (call.Result!.Count > 0 || random.OneIn(2))
        {
            result["content"] = call.Result.Count == 1 && !call.Result[0].IsImage && random.OneIn(2) ? call.Text : Blocks(call.Result);
        }

        if (call.IsError || random.OneIn(5))
        {
            result["is_error"] = call.IsError;
        }

        return result;
    }

    private void AddTools()
    {
        if (conversation.Tools.Count == 0)
        {
            return;
        }

        _body["tools"] = new JsonArray([.. conversation.Tools.Select(ToolOf)]);
        if (conversation.Choice is { } name)
        {
            var choice = name switch
            {
                "auto" or "none" => new JsonObject { ["type"] = name },
                "required" => new JsonObject { ["type"] = "any" },
                _ => new JsonObject { ["type"] = "tool", ["name"] = name },
            };
            if (conversation.IsParallel is { } isParallel)
            {
                choice["disable_parallel_tool_use"] = !isParallel;
            }

            _body["tool_choice"] = choice;
        }
    }

    private JsonObject ToolOf(Tool tool)
    {
        var item = new JsonObject { ["name"] = tool.Name, ["input_schema"] = JsonNode.Parse(tool.Schema) };
        foreach (var (name, value, isThere) in ((string, JsonNode?, bool)[])[
            ("description", tool.Description, tool.Description is not null), ("strict", tool.IsStrict, tool.IsStrict || random.OneIn(3)),
            ("type", "custom", random.OneIn(3)), ("cache_control", new JsonObject { ["type"] = "ephemeral" }, random.OneIn(5))])
        {
            if (isThere)
            {
                item[name] = value;
            }
        }

        return item;
    }

    private void AddSettings()
    {
        foreach (var (name, target) in ((string, string)[])[
            ("temperature", "temperature"), ("top_p", "top_p"), ("top_k", "top_k"), ("max_tokens", "max_tokens"), ("stop", "stop_sequences")])
        {
            if (conversation.Settings.TryGetValue(name, out var value))
            {
                _body[target] = JsonNode.Parse(value);
            }
        }

        var output = new JsonObject();
        if (conversation.Settings.TryGetValue("reasoning_effort", out var effort))
        {
            output["effort"] = JsonNode.Parse(effort);
        }

        if (conversation.Format is { } schema)
        {
            output["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = JsonNode.Parse(schema) };
        }

        if (output.Count > 0)
        {
            _body["output_config"] = output;
        }

        if (random.OneIn(2))
        {
            (_body["stream"], _body["metadata"]) = (random.OneIn(2), new JsonObject { ["user_id"] = "user_1_account__session_2" });
        }
    }
}
