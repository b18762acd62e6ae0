using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>
/// Reads the events of a streamed response as OpenAI's SDKs do, and checks their order: numbers that rise by one, items one after another
/// with an index and an id each, deltas inside their part, and an end whose output equals what was streamed.
/// </summary>
internal sealed class ResponseReading
{
    private static readonly string[] Ends = ["response.completed", "response.incomplete", "response.failed"];

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _ids = [];
    private readonly JsonArray _output = [];
    private JsonObject? _item;
    private bool _isPartOpen;
    private int _number;

    private ResponseReading()
    {
    }

    /// <summary>The response of the last event.</summary>
    public JsonObject Response { get; private set; } = [];

    /// <summary>The event <c>error</c>; null without a failure.</summary>
    public JsonObject? Error { get; private set; }

    /// <summary>The names of all events, in order.</summary>
    public List<string> Names { get; } = [];

    public static ResponseReading Of(string body)
    {
        var reading = new ResponseReading();
        Assert.EndsWith("\n\ndata: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', body);
        foreach (var text in body[..^"\n\ndata: [DONE]\n\n".Length].Split("\n\n").Where(text => !text.StartsWith(':')))
        {
            var lines = text.Split('\n');
            Assert.Equal(2, lines.Length);
            var data = JsonNode.Parse(lines[1]["data: ".Length..])!.AsObject();
            Assert.Equal($"event: {(string?)data["type"]}", lines[0]);
            Assert.Equal(reading._number++, (int)data["sequence_number"]!);
            reading.Take((string)data["type"]!, data);
        }

        Assert.Contains(reading.Names[^1], Ends);
        return reading;
    }

    private void Take(string name, JsonObject data)
    {
        Assert.DoesNotContain(Names, Ends.Contains);
        Assert.Equal(Names.Count == 0, name == "response.created");
        Names.Add(name);
        switch (name)
        {
            case "response.created" or "response.in_progress":
                Response = data["response"]!.AsObject();
                Assert.Equal("in_progress", (string?)Response["status"]);
                Assert.Empty(Response["output"]!.AsArray());
                Assert.Empty(_output);
                break;
            case "keepalive":
                break;
            case "error":
                Error = data;
                break;
            case "response.output_item.added":
                Assert.Null(_item);
                Assert.Equal(_output.Count, (int)data["output_index"]!);
                _item = data["item"]!.AsObject();
                Assert.True(_ids.Add((string)_item["id"]!), "Two items have the same id.");
                Assert.Equal("in_progress", (string?)_item["status"]);
                _text.Clear();
                break;
            case "response.output_item.done":
                EndItem(data);
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                End(name, data["response"]!.AsObject());
                break;
            default:
                TakeOfItem(name, data);
                break;
        }
    }

    private void TakeOfItem(string name, JsonObject data)
    {
        Assert.Equal((string?)_item!["id"], (string?)data["item_id"]);
        Assert.Equal(_output.Count, (int)data["output_index"]!);
        var isCall = (string?)_item["type"] is "function_call" or "custom_tool_call";
        var index = name.Contains("summary", StringComparison.Ordinal) ? "summary_index" : "content_index";
        Assert.Equal(isCall ? null : 0, (int?)data[index]);
        if (name.EndsWith("part.added", StringComparison.Ordinal) || name.EndsWith("part.done", StringComparison.Ordinal))
        {
            Assert.NotEqual(_isPartOpen, name.EndsWith("added", StringComparison.Ordinal));
            _isPartOpen = !_isPartOpen;
            Assert.Equal(_text.ToString(), TextOf(data["part"]!));
        }
        else if (name.EndsWith(".delta", StringComparison.Ordinal))
        {
            Assert.True(_isPartOpen || isCall, "A delta is outside a part.");
            _text.Append((string)data["delta"]!);
        }
        else
        {
            Assert.EndsWith(".done", name, StringComparison.Ordinal);
            Assert.Equal(_text.ToString(), (string?)(data["text"] ?? data["arguments"] ?? data["input"] ?? data["refusal"]));
        }
    }

    private void EndItem(JsonObject data)
    {
        var item = data["item"]!.AsObject();
        Assert.False(_isPartOpen, "The part of an item is open at its end.");
        Assert.Equal(_output.Count, (int)data["output_index"]!);
        Assert.Equal(
            ((string?)_item!["id"], (string?)_item["type"], (string?)_item["call_id"], (string?)_item["name"]),
            ((string?)item["id"], (string?)item["type"], (string?)item["call_id"], (string?)item["name"]));
        Assert.Equal(_text.ToString(), ((string?)item["type"])!.StartsWith("tool_search", StringComparison.Ordinal) ? "" : TextOf(item));
        _output.Add(item.DeepClone());
        _item = null;
    }

    private void End(string name, JsonObject response)
    {
        Assert.Null(_item);
        Assert.Equal((string?)Response["id"], (string?)response["id"]);
        Assert.Equal(name, $"response.{(string?)response["status"]}");
        Assert.Equal(name == "response.failed", Error is not null);
        Assert.True(JsonNode.DeepEquals(_output, response["output"]), $"{response["output"]} differs from {_output}.");
        foreach (var member in (string[])["input_tokens", "output_tokens", "total_tokens"])
        {
            Assert.IsType<int>(response["usage"]![member]!.GetValue<int>());
        }

        Assert.True((int)response["usage"]!["input_tokens_details"]!["cached_tokens"]! >= 0);
        Assert.True((int)response["usage"]!["output_tokens_details"]!["reasoning_tokens"]! >= 0);
        Response = response;
    }

    private static string? TextOf(JsonNode node) => (string?)(
        node["text"] ?? node["refusal"] ?? node["arguments"] ?? node["input"]
        ?? (node["content"] as JsonArray)?.FirstOrDefault()?["text"] ?? (node["content"] as JsonArray)?.FirstOrDefault()?["refusal"]
        ?? (node["summary"] as JsonArray)?.FirstOrDefault()?["text"]);
}
