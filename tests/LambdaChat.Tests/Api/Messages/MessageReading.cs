using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>
/// Reads the events of a streamed message as Anthropic's SDKs do, and checks their order: one start, blocks one after another with an index
/// each, deltas that fit their block, one end. The result is the message as a whole reply has it.
/// </summary>
internal sealed class MessageReading
{
    private static readonly Dictionary<string, (string Delta, string Member)> Deltas = new(StringComparer.Ordinal)
    {
        ["text"] = ("text_delta", "text"),
        ["thinking"] = ("thinking_delta", "thinking"),
        ["tool_use"] = ("input_json_delta", "partial_json"),
    };

    private readonly StringBuilder _text = new();
    private JsonObject? _block;
    private bool _hasSignature;

    private MessageReading()
    {
    }

    /// <summary>The message; null without a <c>message_start</c>.</summary>
    public JsonObject? Message { get; private set; }

    /// <summary>The usage of <c>message_start</c>.</summary>
    public JsonObject? FirstUsage { get; private set; }

    /// <summary>The error that ended the message; null if it is complete.</summary>
    public JsonObject? Error { get; private set; }

    /// <summary>The names of all events, in order.</summary>
    public List<string> Names { get; } = [];

    private bool IsOver => Error is not null || Names.Contains("message_stop");

    public static MessageReading Of(string body)
    {
        var reading = new MessageReading();
        Assert.EndsWith("\n\n", body, StringComparison.Ordinal);
        foreach (var text in body[..^2].Split("\n\n"))
        {
            var lines = text.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            Assert.False(reading.IsOver, "An event follows the last one.");
            reading.Take(lines[0][7..], JsonNode.Parse(lines[1][6..])!.AsObject());
        }

        Assert.True(reading.IsOver, "The last event is missing.");
        return reading;
    }

    private void Take(string name, JsonObject data)
    {
        Assert.Equal(name, (string?)data["type"]);
        Names.Add(name);
        switch (name)
        {
            case "ping":
                break;
            case "error":
                Error = data;
                break;
            case "message_start":
                Assert.Null(Message);
                Message = data["message"]!.DeepClone().AsObject();
                FirstUsage = Message["usage"]!.DeepClone().AsObject();
                Assert.Empty(Message["content"]!.AsArray());
                Assert.Equal("msg_req-1", (string?)Message["id"]);
                break;
            case "content_block_start":
                Start((int)data["index"]!, data["content_block"]!.DeepClone().AsObject());
                break;
            case "content_block_delta":
                Assert.Equal(Message!["content"]!.AsArray().Count, (int)data["index"]!);
                Delta(data["delta"]!.AsObject());
                break;
            case "content_block_stop":
                Assert.Equal(Message!["content"]!.AsArray().Count, (int)data["index"]!);
                Stop();
                break;
            case "message_delta":
                Assert.Null(_block);
                Assert.Null(Message!["stop_reason"]);
                Merge(Message, data["delta"]!.AsObject());
                Merge(Message["usage"]!.AsObject(), data["usage"]!.AsObject());
                break;
            case "message_stop":
                Assert.NotNull(Message!["stop_reason"]);
                break;
            default:
                Assert.Fail($"{name} is no event of the API.");
                break;
        }
    }

    private void Start(int index, JsonObject block)
    {
        Assert.Null(_block);
        Assert.Equal(Message!["content"]!.AsArray().Count, index);
        _block = block;
        _hasSignature = false;
        _text.Clear();
    }

    private void Delta(JsonObject delta)
    {
        Assert.False(_hasSignature, "A delta follows the signature.");
        if ((string?)delta["type"] == "signature_delta")
        {
            Assert.Equal("thinking", (string?)_block!["type"]);
            _hasSignature = true;
            _block["signature"] = (string?)delta["signature"];
            return;
        }

        var (type, member) = Deltas[(string)_block!["type"]!];
        Assert.Equal(type, (string?)delta["type"]);
        _text.Append((string?)delta[member]);
    }

    private void Stop()
    {
        var type = (string)_block!["type"]!;
        Assert.Equal(type == "thinking", _hasSignature);
        if (type == "tool_use")
        {
            _block["input"] = InputOf(_text.ToString());
        }
        else
        {
            _block[type] = _text.ToString();
        }

        Message!["content"]!.AsArray().Add(_block);
        _block = null;
    }

    /// <summary>The input of a tool call as a whole reply has it.</summary>
    public static JsonObject InputOf(string json)
    {
        try
        {
            json = string.IsNullOrWhiteSpace(json) ? "{}" : json;
            return JsonNode.Parse(json, documentOptions: new() { MaxDepth = 256 }) as JsonObject
                ?? new JsonObject { ["INVALID_JSON"] = json };
        }
        catch (System.Text.Json.JsonException)
        {
            return new JsonObject { ["INVALID_JSON"] = json };
        }
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            target[name] = value?.DeepClone();
        }
    }
}
