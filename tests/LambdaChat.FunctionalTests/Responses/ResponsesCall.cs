using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Apis;

namespace LambdaChat.FunctionalTests.Responses;

/// <summary>A call of the Responses API as its clients make it, and its response.</summary>
internal sealed class ResponsesCall
{
    private readonly StringBuilder _text = new();

    public int Status { get; private set; }

    /// <summary>The events of a stream: the name and the data of each.</summary>
    public List<(string Name, JsonNode Data)> Events { get; } = [];

    /// <summary>True if the stream ended with <c>[DONE]</c>.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The document of a response that is no stream; null for a stream.</summary>
    public JsonNode? Body { get; private set; }

    /// <summary>The response object, from the document or from the last event.</summary>
    public JsonNode? Response => Body ?? Events.LastOrDefault().Data?["response"];

    /// <summary>The text of the response, from the deltas of a stream.</summary>
    public string Text => Body is null
        ? _text.ToString()
        : string.Concat((Body["output"]?.AsArray() ?? []).Select(item => (string?)item!["content"]?[0]?["text"]));

    /// <summary>The error that is the response, or that ended the stream; null for neither.</summary>
    public JsonNode? Error => Body is null ? Events.Find(item => item.Name == "error").Data?["error"] : Body["error"];

    /// <summary>Creates a request whose only message scripts the model.</summary>
    public static JsonObject Request(string standIn = "{}", string members = "{}")
    {
        var request = new JsonObject
        {
            ["model"] = FunctionFixture.Model,
            ["input"] = $$"""{"stand_in":{{standIn}} }""",
        };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        return request;
    }

    /// <param name="onEvent">Called when an event arrives, with its name.</param>
    public static async Task<ResponsesCall> SendAsync(
        HttpClient client, JsonObject? request, string path = "v1/responses", string method = "POST",
        Action<string>? onEvent = null, CancellationToken? cancellationToken = null)
    {
        var call = new ResponsesCall();
        var exchange = await ApiExchange.SendAsync(
            client, request, path, method,
            item =>
            {
                call.Add(item);
                onEvent?.Invoke(item.EventType);
            },
            cancellationToken);
        call.Status = exchange.Status;
        call.Body = exchange.Body is null ? null : JsonNode.Parse(exchange.Body);
        return call;
    }

    public override string ToString() => Body is null
        ? $"{Status}: {string.Join(" | ", Events.Select(item => item.Data.ToJsonString()))}" : $"{Status}: {Body.ToJsonString()}";

    private void Add(SseItem<string> item)
    {
        Assert.False(IsDone, "An event follows the end.");
        if (item.Data == "[DONE]")
        {
            IsDone = true;
            return;
        }

        var data = JsonNode.Parse(item.Data)!;
        Assert.Equal(item.EventType, (string?)data["type"]);
        Assert.Equal(Events.Count, (int)data["sequence_number"]!);
        Events.Add((item.EventType, data));
        _text.Append(item.EventType == "response.output_text.delta" ? (string?)data["delta"] : "");
    }
}
