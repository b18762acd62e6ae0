using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Apis;

namespace LambdaChat.FunctionalTests.Messages;

/// <summary>A call of the Messages API as its clients make it, and its response.</summary>
internal sealed class MessagesCall
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thinking = new();

    public int Status { get; private set; }

    public HttpResponseHeaders Headers { get; private set; } = null!;

    /// <summary>The events of a stream: the name and the data of each.</summary>
    public List<(string Name, JsonNode Data)> Events { get; } = [];

    /// <summary>The document of a response that is no stream; null for a stream.</summary>
    public JsonNode? Body { get; private set; }

    /// <summary>The text of the message.</summary>
    public string Text => Body is null
        ? _text.ToString()
        : string.Concat((Body["content"]?.AsArray() ?? []).Select(block => (string?)block!["text"]));

    /// <summary>The thinking of the message.</summary>
    public string Thinking => Body is null
        ? _thinking.ToString()
        : string.Concat((Body["content"]?.AsArray() ?? []).Select(block => (string?)block!["thinking"]));

    /// <summary>The usage at the end of the message.</summary>
    public JsonNode? Usage => Body is null ? Events.Find(item => item.Name == "message_delta").Data?["usage"] : Body["usage"];

    /// <summary>The inputs of the tool calls.</summary>
    public IEnumerable<JsonNode> Inputs => Body is null
        ? Events.Where(item => item.Name == "content_block_delta").GroupBy(item => (int)item.Data["index"]!)
            .Select(block => string.Concat(block.Select(item => (string?)item.Data["delta"]!["partial_json"])))
            .Where(json => json.Length > 0).Select(json => JsonNode.Parse(json)!)
        : (Body["content"]?.AsArray() ?? []).Select(block => block!["input"]).OfType<JsonNode>();

    /// <summary>The error that is the response, or that ended the stream; null for neither.</summary>
    public JsonNode? Error => Body is null ? Events.Find(item => item.Name == "error").Data?["error"] : Body["error"];

    public string? StopReason => Body is null
        ? (string?)Events.Find(item => item.Name == "message_delta").Data?["delta"]!["stop_reason"]
        : (string?)Body["stop_reason"];

    /// <summary>Creates a request whose only message scripts the model.</summary>
    public static JsonObject Request(string standIn = "{}", string members = "{}")
    {
        var request = new JsonObject
        {
            ["model"] = FunctionFixture.Model,
            ["max_tokens"] = 1000,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $$"""{"stand_in":{{standIn}} }""" }),
        };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        return request;
    }

    /// <param name="onEvent">Called when an event arrives, with its name.</param>
    public static async Task<MessagesCall> SendAsync(
        HttpClient client, JsonObject? request, string path = "v1/messages?beta=true", string method = "POST",
        Action<string>? onEvent = null, CancellationToken? cancellationToken = null, Action<HttpRequestHeaders>? configure = null)
    {
        var call = new MessagesCall();
        var exchange = await ApiExchange.SendAsync(
            client, request, path, method,
            item =>
            {
                call.Add(item);
                onEvent?.Invoke(item.EventType);
            },
            cancellationToken,
            headers =>
            {
                headers.Add("anthropic-version", "2023-06-01");
                headers.Add("anthropic-beta", "a-beta-that-nobody-knows-2099-01-01");
                configure?.Invoke(headers);
            });
        (call.Status, call.Headers) = (exchange.Status, exchange.Headers);
        call.Body = exchange.Body is null ? null : JsonNode.Parse(exchange.Body);
        return call;
    }

    public override string ToString() =>
        $"{Status}: {(Body is null ? string.Join(" | ", Events.Select(item => item.Data.ToJsonString())) : Body.ToJsonString())}";

    private void Add(SseItem<string> item)
    {
        var data = JsonNode.Parse(item.Data)!;
        Assert.Equal(item.EventType, (string?)data["type"]);
        Events.Add((item.EventType, data));
        _text.Append((string?)data["delta"]?["text"]);
        _thinking.Append((string?)data["delta"]?["thinking"]);
    }
}
