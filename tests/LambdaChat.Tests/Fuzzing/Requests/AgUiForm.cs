using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A conversation as AG-UI's clients send it.</summary>
internal sealed class AgUiForm(GeneratedConversation conversation, Mutator random)
{
    private readonly JsonArray _messages = [];

    public JsonObject Write()
    {
        List<ToolUse> late = [];
        foreach (var turn in conversation.Turns)
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

        return new JsonObject
        {
            ["threadId"] = "t1",
            ["runId"] = "r1",
            ["state"] = random.OneIn(2) ? new JsonObject() : null,
            ["messages"] = _messages,
            ["tools"] = new JsonArray([.. conversation.Tools.Select(static tool => new JsonObject
            {
                ["name"] = tool.Name,
                ["description"] = tool.Description ?? "",
                ["parameters"] = JsonNode.Parse(tool.Schema),
            })]),
            ["context"] = new JsonArray(),
            ["forwardedProps"] = new JsonObject { ["model"] = "m" },
        };
    }

    private void Add(Turn turn)
    {
        switch (turn.Role)
        {
            case "assistant":
                AddAssistant(turn);
                break;
            case "system":
                AddMessage(random.Pick(["system", "developer"]), new JsonObject { ["content"] = turn.Text });
                break;
            default:
                JsonNode content = turn.Pieces is [{ IsImage: false, Name: "" }] && !random.OneIn(3) ? turn.Text : Parts(turn.Pieces);
                AddMessage("user", new JsonObject { ["content"] = content });
                break;
        }
    }

    private void AddMessage(string role, JsonObject message)
    {
        (message["id"], message["role"]) = ($"m{_messages.Count}", role);
        _messages.Add(message);
    }

    private JsonArray Parts(IEnumerable<Piece> pieces) => [.. pieces.Select(PartOf)];

    private JsonObject PartOf(Piece piece)
    {
        if (!piece.IsImage && piece.Name.Length == 0)
        {
            return new JsonObject { ["type"] = "text", ["text"] = piece.Text };
        }

        var type = piece.IsImage ? piece.Text[5..piece.Text.IndexOf(';', StringComparison.Ordinal)] : "text/plain";
        var data = piece.IsImage ? piece.Text[(piece.Text.IndexOf(',', StringComparison.Ordinal) + 1)..]
            : Convert.ToBase64String(Encoding.UTF8.GetBytes(piece.Text));
        var part = random.OneIn(4)
            ? new JsonObject { ["type"] = "binary", ["mimeType"] = type, ["data"] = data }
            : new JsonObject
            {
                ["type"] = piece.IsImage ? "image" : "document",
                ["source"] = new JsonObject { ["type"] = "data", ["value"] = data, ["mimeType"] = type },
            };
        if (piece.Name.Length > 0)
        {
            part[(string?)part["type"] == "binary" ? "filename" : "metadata"] =
                (string?)part["type"] == "binary" ? piece.Name : new JsonObject { ["filename"] = piece.Name };
        }

        return part;
    }

    private void AddAssistant(Turn turn)
    {
        if (turn.Thinking.Length > 0)
        {
            AddMessage("reasoning", new JsonObject { ["content"] = turn.Thinking });
        }

        var calls = turn.Calls.Count == 0 ? null : new JsonArray([.. turn.Calls.Select(CallOf)]);
        if (calls is not null && (turn.AreCallsFirst || random.OneIn(4))) // Clients may store one reply as several messages.
        {
            var (text, call) = (new JsonObject { ["content"] = turn.Text }, new JsonObject { ["toolCalls"] = calls });
            AddMessage("assistant", turn.AreCallsFirst ? call : text);
            AddMessage("assistant", turn.AreCallsFirst ? text : call);
        }
        else if (turn.Pieces.Count > 0 || calls is not null)
        {
            var message = new JsonObject { ["toolCalls"] = calls };
            if (turn.Pieces.Count > 0 || random.OneIn(2))
            {
                message["content"] = turn.Text;
            }

            AddMessage("assistant", message);
        }

        if (random.OneIn(8))
        {
            AddMessage("activity", new JsonObject { ["activityType"] = "PLAN", ["content"] = new JsonObject { ["steps"] = new JsonArray() } });
        }

        foreach (var result in turn.Calls.Where(static call => !call.IsLate && call.Result is not null))
        {
            AddResult(result);
        }
    }

    private static JsonObject CallOf(ToolUse call) => new()
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Input },
    };

    private void AddResult(ToolUse call)
    {
        JsonNode content = call.Images.Any() || (call.Result!.Count > 0 && random.OneIn(4)) ? Parts(call.Result!) : call.Text;
        var message = new JsonObject { ["toolCallId"] = call.Id, ["content"] = content };
        if (call.IsError)
        {
            message["error"] = call.Text;
        }

        AddMessage("tool", message);
    }
}
