using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// Checks the response that a client received from <c>POST /v1/responses</c>: fields, order of the events, and that the last response
/// equals what was streamed. Source of the order: openresponses/openresponses <c>src/pages/specification.mdx</c>, openai/openai-openapi,
/// npm openai's accumulator.
/// </summary>
internal sealed class ResponsesCheck
{
    private static readonly string[] TerminalEvents = ["response.completed", "response.incomplete", "response.failed"];

    private readonly List<string> _faults = [];
    private readonly List<JsonObject> _items = [];
    private JsonObject? _open;
    private string _text = "";
    private string? _last;

    public static IReadOnlyList<string> FindFaults(Exchange exchange)
    {
        if (exchange.ContentType == "text/event-stream")
        {
            return new ResponsesCheck().FindStreamFaults(EventStreamText.Parse(exchange.Response, exchange.IsWhole), exchange.IsWhole);
        }

        if (!exchange.IsWhole)
        {
            return [];
        }

        return [.. ResponsesFields.Lists.FindFaults(exchange.Status == 200 ? "Response" : "ErrorBody", JsonNode.Parse(exchange.Response))];
    }

    private List<string> FindStreamFaults(EventStreamText stream, bool isWhole)
    {
        _faults.AddRange(stream.Faults);
        foreach (var ((name, data), number) in stream.Events.Select((item, i) => (item, i)))
        {
            Read(name, data, number);
        }

        if (isWhole)
        {
            Expect(_last is not null && TerminalEvents.Contains(_last), $"the last event is {_last}");
            Expect(stream.IsDone, $"no {EventStreamText.Done}");
        }

        return _faults;
    }

    private void Read(string? name, JsonObject data, int number)
    {
        var type = (string?)data["type"] ?? "";
        Expect(name == type, $"event: {name} is not the type {type}");
        Expect(_last is null || !TerminalEvents.Contains(_last), $"{type} is behind {_last}");
        if (!ResponsesFields.Lists.Contains(type))
        {
            _faults.Add($"{type} is not an event");
            return;
        }

        _faults.AddRange(ResponsesFields.Lists.FindFaults(type, data, type));
        Expect((int?)data["sequence_number"] == number, $"{type} has sequence_number {data["sequence_number"]}, not {number}");
        ReadOrder(type, data, number);
        _last = type;
    }

    private void ReadOrder(string type, JsonObject data, int number)
    {
        switch (type)
        {
            case "response.created" or "response.in_progress":
                Expect(number == (type == "response.created" ? 0 : 1), $"{type} is event {number}");
                break;
            case "response.output_item.added":
                Add(data);
                break;
            case "response.output_item.done":
                Close(data);
                break;
            case "keepalive" or "error":
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                End(data["response"]!.AsObject());
                break;
            default:
                ReadInItem(type, data);
                break;
        }
    }

    private void Add(JsonObject data)
    {
        var item = data["item"]!.AsObject();
        Expect(_open is null, "an item is added while another is open");
        Expect((int?)data["output_index"] == _items.Count, $"item {_items.Count} has output_index {data["output_index"]}");
        Expect((string?)item["status"] == "in_progress", "an added item is not in_progress");
        Expect(_items.TrueForAll(known => (string?)known["id"] != (string?)item["id"]), $"two items have the id {item["id"]}");
        _open = item;
        _text = "";
    }

    private void ReadInItem(string type, JsonObject data)
    {
        Expect(_open is not null && (string?)data["item_id"] == (string?)_open["id"], $"{type} is not of the open item");
        Expect((int?)data["output_index"] == _items.Count, $"{type} has output_index {data["output_index"]}");
        Expect((int?)(data["content_index"] ?? data["summary_index"]) is null or 0, $"{type} is of a second part");
        if (type.EndsWith(".delta", StringComparison.Ordinal))
        {
            _text += (string?)data["delta"];
        }
        else if ((data["text"] ?? data["arguments"] ?? data["input"]) is { } whole)
        {
            Expect((string?)whole == _text, $"{type} differs from its deltas");
        }
    }

    private void Close(JsonObject data)
    {
        var item = data["item"]!.AsObject();
        foreach (var field in (string[])["type", "id", "call_id", "name", "role"])
        {
            Expect(JsonNode.DeepEquals(item[field], _open?[field]), $"output_item.done has another {field}");
        }

        Expect(TextOf(item) == _text, $"output_item.done has {TextOf(item)}, its deltas have {_text}");
        Expect((int?)data["output_index"] == _items.Count, $"output_item.done has output_index {data["output_index"]}");
        Expect((string?)item["status"] != "in_progress", "output_item.done is in_progress");
        _items.Add(item);
        _open = null;
    }

    private void End(JsonObject response)
    {
        Expect(_open is null, "the reply ends with an open item");
        Expect(
            JsonNode.DeepEquals(response["output"], new JsonArray([.. _items.Select(static item => item.DeepClone())])),
            "the last response's output is not what was streamed");
        Expect((string?)response["status"] == "failed" || response["usage"] is not null, "the last response has no usage");
    }

    private static string TextOf(JsonObject item) => (string?)item["type"] switch
    {
        "function_call" => (string?)item["arguments"] ?? "",
        "custom_tool_call" => (string?)item["input"] ?? "",
        _ => string.Concat(
            new[] { item["summary"], item["content"] }
                .OfType<JsonArray>()
                .SelectMany(static parts => parts)
                .Select(static part => (string?)(part!["text"] ?? part["refusal"]))),
    };

    private void Expect(bool condition, string fault)
    {
        if (!condition)
        {
            _faults.Add(fault);
        }
    }
}
