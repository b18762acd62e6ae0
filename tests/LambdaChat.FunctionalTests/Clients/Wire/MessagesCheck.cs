using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// Checks the response that a client received from <c>POST /v1/messages</c>: fields and order of the events. Source of the order:
/// Anthropic's <c>streaming.md</c>, anthropics/anthropic-sdk-typescript <c>src/lib/MessageStream.ts</c>.
/// </summary>
internal sealed class MessagesCheck
{
    private readonly List<string> _faults = [];
    private readonly List<JsonObject> _blocks = [];
    private JsonObject? _open;
    private bool _isSigned;
    private string? _last;

    public static IReadOnlyList<string> FindFaults(Exchange exchange)
    {
        if (exchange.ContentType == "text/event-stream")
        {
            return new MessagesCheck().FindStreamFaults(EventStreamText.Parse(exchange.Response, exchange.IsWhole), exchange.IsWhole);
        }

        return !exchange.IsWhole || exchange.Response.Length == 0
            ? []
            : [.. MessagesFields.Lists.FindFaults(
                (exchange.Status, exchange.Path.Contains("count_tokens", StringComparison.Ordinal)) switch
                {
                    (200, true) => "TokenCount",
                    (200, false) => "Message",
                    _ => "error",
                },
                JsonNode.Parse(exchange.Response))];
    }

    private List<string> FindStreamFaults(EventStreamText stream, bool isWhole)
    {
        _faults.AddRange(stream.Faults);
        foreach (var (name, data) in stream.Events)
        {
            Read(name, data);
        }

        Expect(!stream.IsDone, $"there is a {EventStreamText.Done}");
        Expect(!isWhole || _last is "message_stop" or "error", $"the last event is {_last}");
        return _faults;
    }

    private void Read(string? name, JsonObject data)
    {
        var type = (string?)data["type"] ?? "";
        Expect(name == type, $"event: {name} is not the type {type}");
        Expect(_last is not ("message_stop" or "error"), $"{type} is behind {_last}");
        if (!MessagesFields.Lists.Contains(type))
        {
            _faults.Add($"{type} is not an event");
            return;
        }

        _faults.AddRange(MessagesFields.Lists.FindFaults(type, data, type));
        if (type != "ping")
        {
            ReadOrder(type, data);
            _last = type;
        }
    }

    private void ReadOrder(string type, JsonObject data)
    {
        Expect(type is "error" || (type == "message_start") == _last is null, $"{type} is behind {_last ?? "nothing"}");
        switch (type)
        {
            case "content_block_start":
                Start(data);
                break;
            case "content_block_delta":
                Add(data);
                break;
            case "content_block_stop":
                Stop(data);
                break;
            case "message_delta":
                Expect(_open is null, "message_delta while a block is open");
                Expect(
                    !_blocks.Exists(static block => (string?)block["type"] == "tool_use")
                        || (string?)data["delta"]!["stop_reason"] is "tool_use" or "max_tokens",
                    $"stop_reason {data["delta"]!["stop_reason"]} with a tool block");
                break;
            case "message_stop":
                Expect(_last == "message_delta", $"message_stop is behind {_last}");
                break;
        }
    }

    private void Start(JsonObject data)
    {
        var block = data["content_block"]!.AsObject();
        Expect(_open is null, "a block starts while another is open");
        Expect((int?)data["index"] == _blocks.Count, $"block {_blocks.Count} has index {data["index"]}");
        Expect(
            (string?)(block["text"] ?? block["thinking"]) is null or "" && block["input"] is null or JsonObject { Count: 0 },
            "a block starts with content");
        _open = block;
        _isSigned = false;
    }

    private void Add(JsonObject data)
    {
        var kind = ((string?)data["delta"]!["type"], (string?)_open?["type"]);
        Expect((int?)data["index"] == _blocks.Count, $"a delta has index {data["index"]}");
        Expect(
            kind is ("text_delta", "text") or ("thinking_delta" or "signature_delta", "thinking") or ("input_json_delta", "tool_use"),
            $"{kind.Item1} in a block {kind.Item2}");
        Expect(!_isSigned, "a delta is behind the signature");
        _isSigned = kind.Item1 == "signature_delta";
    }

    private void Stop(JsonObject data)
    {
        Expect(_open is not null && (int?)data["index"] == _blocks.Count, $"content_block_stop {data["index"]} of no open block");
        Expect((string?)_open?["type"] != "thinking" || _isSigned, "a thinking block has no signature");
        _blocks.Add(_open ?? []);
        _open = null;
    }

    private void Expect(bool condition, string fault)
    {
        if (!condition)
        {
            _faults.Add(fault);
        }
    }
}
