using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Apis;

namespace LambdaChat.FunctionalTests.Frontends;

/// <summary>A request of a chat page in either protocol, and its response.</summary>
internal sealed class FrontendCall
{
    public const string UiMessages = "api/chat";
    public const string AgUi = "ag-ui";

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thinking = new();

    public int Status { get; private set; }

    public HttpResponseHeaders Headers { get; private set; } = null!;

    /// <summary>The body of a response that is no stream; null for a stream.</summary>
    public string? Body { get; private set; }

    /// <summary>The data of all events; <c>[DONE]</c> is left out.</summary>
    public List<JsonNode> Events { get; } = [];

    public string Text => _text.ToString();

    public string Thinking => _thinking.ToString();

    /// <summary>The event that is the end of a complete reply; null without one.</summary>
    public JsonNode? End => Events.Find(data => (string?)data["type"] is "finish" or "RUN_FINISHED");

    public string? Finish => (string?)(End?["finishReason"] ?? End?["metadata"]?["finishReason"]);

    public JsonNode? Usage => End?["messageMetadata"]?["usage"] ?? End?["usage"]?[0];

    /// <summary>The error of the stream, or the body of an error response.</summary>
    public (string? Message, string? Code) Error =>
        Events.Find(data => (string?)data["type"] is "error" or "RUN_ERROR") is { } data
            ? ((string?)(data["errorText"] ?? data["message"]), (string?)data["code"])
        : Body is null ? (null, null)
        : Body.StartsWith('{') && JsonNode.Parse(Body)!["error"] is { } error ? ((string?)error["message"], (string?)error["code"])
        : (Body, null);

    /// <summary>The arguments of the tool calls.</summary>
    public IEnumerable<string> Inputs =>
        Events.Where(data => (string?)data["type"] is "tool-input-delta" or "TOOL_CALL_ARGS").GroupBy(data => (string?)data["toolCallId"])
            .Select(call => string.Concat(call.Select(data => (string?)(data["inputTextDelta"] ?? data["delta"]))));

    /// <summary>Creates a request whose only message is a text.</summary>
    public static JsonObject Request(string path, string text, string model = FunctionFixture.Model) => path == UiMessages
        ? new JsonObject
        {
            ["id"] = "chat-1",
            ["trigger"] = "submit-message",
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject
            {
                ["id"] = "u1",
                ["role"] = "user",
                ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
            }),
        }
        : new JsonObject
        {
            ["threadId"] = "t1",
            ["runId"] = "r1",
            ["messages"] = new JsonArray(new JsonObject { ["id"] = "u1", ["role"] = "user", ["content"] = text }),
            ["forwardedProps"] = new JsonObject { ["model"] = model },
        };

    /// <param name="onEvent">Called when an event arrives, with its type.</param>
    public static async Task<FrontendCall> SendAsync(
        HttpClient client, string path, JsonObject? request, string method = "POST", Action<string>? onEvent = null,
        CancellationToken? cancellationToken = null)
    {
        var call = new FrontendCall();
        var exchange = await ApiExchange.SendAsync(
            client, request, path, method,
            item =>
            {
                if (item.Data != "[DONE]")
                {
                    var data = JsonNode.Parse(item.Data)!;
                    call.Add(data);
                    onEvent?.Invoke((string)data["type"]!);
                }
            },
            cancellationToken);
        (call.Status, call.Headers, call.Body) = (exchange.Status, exchange.Headers, exchange.Body);
        return call;
    }

    /// <summary>Reads a stream until its first text, and disconnects. Returns the first event.</summary>
    /// <param name="onStart">Called when the first event has arrived.</param>
    public static async Task<JsonNode> LeaveAsync(HttpClient client, string path, JsonObject request, Action onStart)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path);
        message.Content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        var token = TestContext.Current.CancellationToken;
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
        await using var body = await response.Content.ReadAsStreamAsync(token);
        JsonNode? first = null;
        await foreach (var item in SseParser.Create(body).EnumerateAsync(token))
        {
            var data = JsonNode.Parse(item.Data)!;
            if (first is null)
            {
                first = data;
                onStart();
            }
            else if ((string?)data["type"] is "text-delta" or "TEXT_MESSAGE_CONTENT")
            {
                break;
            }
        }

        return first!;
    }

    public override string ToString() => $"{Status}: {Body ?? string.Join(" | ", Events.Select(data => data.ToJsonString()))}";

    private void Add(JsonNode data)
    {
        Events.Add(data);
        _text.Append((string?)data["type"] is "text-delta" or "TEXT_MESSAGE_CONTENT" ? (string?)data["delta"] : "");
        _thinking.Append((string?)data["type"] is "reasoning-delta" or "REASONING_MESSAGE_CONTENT" ? (string?)data["delta"] : "");
    }
}
