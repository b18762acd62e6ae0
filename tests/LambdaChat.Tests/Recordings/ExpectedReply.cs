using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Recordings;

/// <summary>The reply that a client must receive according to the READMEs of the recordings.</summary>
internal sealed class ExpectedReply
{
    private static readonly string[] OpenAIReasons = ["stop", "length", "tool_calls", "content_filter", "function_call"];

    private readonly Recording _recording;
    private readonly bool _isDone;

    public ExpectedReply(Recording recording)
    {
        _recording = recording;
        foreach (var record in RawRecords.Read(recording.Bytes))
        {
            if (record.Data == "[DONE]")
            {
                _isDone = true;
                break;
            }

            Take(record);
            if (Error is not null)
            {
                break;
            }
        }
    }

    /// <summary>The model server's error message; null without an error record.</summary>
    public string? Error { get; private set; }

    /// <summary>True for a reply that must never look complete.</summary>
    public bool Fails => Error is not null || Choices.Count == 0
        || Choices.Values.Any(choice => choice.IsAborted || choice.Finish is null || (choice.IsWithdrawn && !_isDone));

    public SortedDictionary<int, ExpectedChoice> Choices { get; } = [];

    public JsonNode? Usage { get; private set; }

    /// <summary>Members of the reply that the relay does not know, joined.</summary>
    public JsonObject Others { get; } = [];

    private void Take(RawRecord record)
    {
        var json = record.Json is JsonArray list ? list[0] : record.Json;
        if (record.Type is "error" or "text" || json is not JsonObject root)
        {
            var text = MessageOf(record.Json) ?? record.Data;
            var isError = record.Type == "error" || text.Contains("error", StringComparison.OrdinalIgnoreCase);
            Error = isError ? text : Error; // Another text may be that of the reply.
        }
        else if ((root["error"] ?? root["detail"]) is not null)
        {
            Error = MessageOf(root);
        }
        else if (root.ContainsKey("token") || root["generated_text"] is not null)
        {
            Choice(0).TakeToken(root);
        }
        else
        {
            TakeChunk(root);
        }
    }

    private void TakeChunk(JsonObject root)
    {
        Usage = root["usage"] ?? Usage;
        JoinedJson.Add(Others, root, joinsTexts: false, "id", "object", "created", "model", "choices", "usage");
        foreach (var choice in root["choices"]?.AsArray() ?? [])
        {
            Choice(_recording.Choices == 1 ? 0 : (int?)choice!["index"] ?? 0).Take(choice!.AsObject());
        }
    }

    private ExpectedChoice Choice(int index) =>
        Choices.TryGetValue(index, out var choice) ? choice : Choices[index] = new ExpectedChoice(_recording.HasTools, _recording.IsChat);

    /// <summary>OpenAI's name; null for a choice that has not ended; <c>abort</c> for a choice that the server aborted.</summary>
    public static string? ReasonOf(JsonNode? reason) => (reason is JsonObject named ? (string?)named["type"] : (string?)reason) switch
    {
        null or "" or "null" => null,
        "abort" or "error" => "abort",
        var name => OpenAIReasons.Contains(name) ? name : "stop",
    };

    private static string? MessageOf(JsonNode? json) => json switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonObject members => MessageOf(members["error"] ?? members["message"] ?? members["detail"]),
        _ => null,
    };
}

/// <summary>One choice of an <see cref="ExpectedReply"/>.</summary>
internal sealed class ExpectedChoice(bool hasTools, bool isChat)
{
    private readonly StringBuilder _thinking = new();
    private readonly List<StringBuilder> _contents = [new()]; // One before each tool call, and one at the end.
    private readonly List<ExpectedCall> _calls = [];
    private string? _reason;

    public bool IsAborted { get; private set; }

    /// <summary>True if text has followed a finish reason.</summary>
    public bool IsWithdrawn { get; private set; }

    public string? Finish => _reason == "stop" && _calls.Count > 0 ? "tool_calls" : _reason;

    public IEnumerable<(string Id, string Name, string Arguments)> Calls =>
        _calls.Select(call => (call.Id, call.Name, call.Arguments.ToString()));

    public int Logprobs { get; private set; }

    public JsonObject MessageOthers { get; } = [];

    public JsonObject Others { get; } = [];

    /// <summary>The thinking and the answer.</summary>
    public (string Thinking, string Content) Texts
    {
        get
        {
            var content = string.Concat(
                _contents.Where(piece => !hasTools || _calls.Count == 0 || !string.IsNullOrWhiteSpace(piece.ToString())));
            if (!isChat || _thinking.Length > 0 || !content.TrimStart().StartsWith("<think>", StringComparison.Ordinal))
            {
                return (Trim(_thinking.ToString()), content);
            }

            var thinking = content[(content.IndexOf("<think>", StringComparison.Ordinal) + 7)..];
            var end = thinking.IndexOf("</think>", StringComparison.Ordinal);
            content = end < 0 ? "" : thinking[(end + 8)..];
            return (Trim(end < 0 ? thinking : thinking[..end]), hasTools && _calls.Count > 0 && string.IsNullOrWhiteSpace(content)
                ? ""
                : content);
        }
    }

    public void TakeToken(JsonObject record)
    {
        var token = record["token"];
        var text = token is null ? (string)record["generated_text"]! : (bool?)token["special"] == true ? "" : (string)token["text"]!;
        _contents[^1].Append(text);
        _reason = record["generated_text"] is not null ? ExpectedReply.ReasonOf(record["details"]?["finish_reason"]) ?? "stop" : _reason;
    }

    public void Take(JsonObject choice)
    {
        var isWhole = choice["delta"] is null && choice["message"] is not null;
        var message = (choice["delta"] ?? choice["message"])?.AsObject() ?? [];
        var before = Length();
        TakeTexts(choice, message);
        foreach (var call in message["tool_calls"] switch
        {
            JsonArray calls => calls,
            null => [],
            var one =>
            new JsonArray(one.DeepClone())
        })
        {
            TakeCall(call!.AsObject());
        }

        if (_reason is not null && Length() > before)
        {
            (_reason, IsWithdrawn) = (null, true);
        }

        var reason = ExpectedReply.ReasonOf(choice["finish_reason"]) ?? (isWhole ? "stop" : null);
        IsAborted |= reason == "abort";
        _reason = reason ?? _reason;
        Logprobs += (choice["logprobs"] as JsonObject)?["content"] is JsonArray tokens ? tokens.Count : 0;
        JoinedJson.Add(MessageOthers, message, joinsTexts: true, "role", "content", "reasoning", "reasoning_content", "tool_calls",
            "refusal", "annotations", message["tool_calls"] is JsonArray { Count: > 0 } ? "function_call" : "tool_calls");
        JoinedJson.Add(Others, choice, joinsTexts: false, "index", "delta", "message", "finish_reason", "logprobs", "text");
    }

    private int Length() => _thinking.Length + _contents.Sum(piece => piece.Length) + _calls.Sum(call => 1 + call.Arguments.Length);

    private void TakeTexts(JsonObject choice, JsonObject message)
    {
        var thinking = (string?)message["reasoning_content"];
        _thinking.Append(string.IsNullOrEmpty(thinking) ? (string?)message["reasoning"] : thinking);
        if (message["content"] is not JsonArray parts)
        {
            _contents[^1].Append((string?)(message["content"] ?? choice["text"]));
            return;
        }

        foreach (var part in parts)
        {
            _thinking.Append(string.Concat((part!["thinking"]?.AsArray() ?? []).Select(inner => (string?)inner!["text"])));
            _contents[^1].Append((string?)part["text"]);
        }
    }

    private void TakeCall(JsonObject piece)
    {
        var (id, index, function) = ((string?)piece["id"], (int?)piece["index"], piece["function"]);
        var call = index is null ? null : _calls.LastOrDefault(call => call.ServerIndex == index);
        if (call is null || (!string.IsNullOrEmpty(id) && id != call.Id))
        {
            _calls.Add(call = new ExpectedCall(index, id ?? "", (string?)function!["name"] ?? ""));
            _contents.Add(new StringBuilder());
        }

        call.Arguments.Append(function?["arguments"] is JsonObject arguments ? arguments.ToJsonString() : (string?)function?["arguments"]);
    }

    // Line feeds at both ends and a literal tag at the start are dropped; white space alone is no thinking.
    private static string Trim(string thinking)
    {
        var text = thinking.TrimStart('\n', '\r');
        text = text.TrimStart().StartsWith("<think>", StringComparison.Ordinal) ? text.TrimStart()[7..].TrimStart('\n', '\r') : text;
        return string.IsNullOrWhiteSpace(text) ? "" : text.TrimEnd('\n', '\r');
    }

    private sealed record ExpectedCall(int? ServerIndex, string Id, string Name)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
