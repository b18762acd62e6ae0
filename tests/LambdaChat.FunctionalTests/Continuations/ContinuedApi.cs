using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Messages;
using LambdaChat.FunctionalTests.Responses;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Continuations;

/// <summary>A reply of any API in one form, as a client receives it.</summary>
/// <param name="Shape">How the reply begins and ends, and its parts.</param>
internal sealed record ContinuedReply(string Thinking, string Text, string? Error, string Shape)
{
    /// <summary>The usage as JSON; null without one.</summary>
    public string? Usage { get; init; }
}

/// <summary>The APIs through which a chat is continued.</summary>
internal static class ContinuedApi
{
    public static IReadOnlyList<string> Names { get; } =
        ["chat", "completions", "messages", "responses", FrontendCall.UiMessages, FrontendCall.AgUi];

    /// <summary>The APIs that have non-streaming replies of a chat.</summary>
    public static IReadOnlyList<string> WholeChats { get; } = ["chat", "messages", "responses"];

    /// <summary>The APIs whose replies may have thinking.</summary>
    public static IEnumerable<string> Chats => Names.Where(name => name != "completions");

    public static Task<ContinuedReply> CallAsync(HttpClient client, string api, string model, bool isStreamed, JsonObject standIn) =>
        api switch
        {
            "completions" => CompletionsAsync(client, model, standIn),
            "messages" => MessagesAsync(client, model, isStreamed, standIn),
            "responses" => ResponsesAsync(client, model, isStreamed, standIn),
            FrontendCall.UiMessages or FrontendCall.AgUi => FrontendAsync(client, api, model, standIn),
            _ => ChatAsync(client, model, isStreamed, standIn),
        };

    private static async Task<ContinuedReply> ChatAsync(HttpClient client, string model, bool isStreamed, JsonObject standIn)
    {
        var request = Reply.Request(standIn.ToJsonString(), """{"stream_options":{"include_usage":true}}""");
        request["model"] = model;
        if (!isStreamed)
        {
            request.Remove("stream");
            request.Remove("stream_options");
            var (_, body) = await Reply.AskAsync(client, request);
            var document = JsonNode.Parse(body)!;
            var choice = document["choices"]?[0];
            return new ContinuedReply((string?)choice?["message"]?["reasoning_content"] ?? "",
                (string?)choice?["message"]?["content"] ?? "", (string?)document["error"]?["message"],
                $"{choice?["finish_reason"]}")
            {
                Usage = document["usage"]?.ToJsonString(),
            };
        }

        using var response = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        var chunks = await ReadChunksAsync(response);
        var choices = chunks.SelectMany(chunk => chunk["choices"]?.AsArray() ?? []).Select(choice => choice!).ToList();
        return new ContinuedReply(
            string.Concat(choices.Select(choice => (string?)choice["delta"]!["reasoning_content"])),
            string.Concat(choices.Select(choice => (string?)choice["delta"]!["content"])),
            (string?)chunks.Find(chunk => chunk["error"] is not null)?["error"]!["message"],
            $"{choices.Count(choice => choice["delta"]!["role"] is not null)} role, "
            + $"{chunks.Select(chunk => $"{chunk["id"]} {chunk["created"]} {chunk["model"]}").Distinct().Count()} envelope, "
            + $"{string.Concat(choices.Select(choice => (string?)choice["finish_reason"]))}")
        {
            Usage = chunks.LastOrDefault()?["usage"]?.ToJsonString(),
        };
    }

    // The chunks of a stream, or the document of an error.
    private static async Task<List<JsonNode>> ReadChunksAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? [.. body.Split("\n\n").Where(text => text.StartsWith("data: {", StringComparison.Ordinal))
                .Select(text => JsonNode.Parse(text[6..])!)]
            : [JsonNode.Parse(body)!];
    }

    // A non-streaming completion is one call without streaming, which is not continued.
    private static async Task<ContinuedReply> CompletionsAsync(HttpClient client, string model, JsonObject standIn)
    {
        var request = new JsonObject
        {
            ["model"] = model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["prompt"] = "Say: ",
            ["stand_in"] = standIn,
        };
        using var response = await client.PostAsJsonAsync("v1/completions", request, TestContext.Current.CancellationToken);
        var chunks = await ReadChunksAsync(response);
        var choices = chunks.SelectMany(chunk => chunk["choices"]?.AsArray() ?? []).Select(choice => choice!).ToList();
        return new ContinuedReply("", string.Concat(choices.Select(choice => (string?)choice["text"])),
            (string?)chunks.Find(chunk => chunk["error"] is not null)?["error"]!["message"],
            $"{chunks.Select(chunk => $"{chunk["id"]} {chunk["created"]} {chunk["model"]}").Distinct().Count()} envelope, "
            + string.Concat(choices.Select(choice => (string?)choice["finish_reason"])))
        {
            Usage = chunks.LastOrDefault()?["usage"]?.ToJsonString(),
        };
    }

    private static async Task<ContinuedReply> MessagesAsync(HttpClient client, string model, bool isStreamed, JsonObject standIn)
    {
        var request = MessagesCall.Request(standIn.ToJsonString());
        (request["model"], request["stream"]) = (model, isStreamed);
        var call = await MessagesCall.SendAsync(client, request);
        var events = string.Join(' ', call.Events.Where(item => item.Name is not ("content_block_delta" or "ping"))
            .Select(item => $"{item.Name}:{item.Data["index"]}{item.Data["content_block"]?["type"]}"));
        return new ContinuedReply(call.Thinking, call.Text, (string?)call.Error?["message"],
            $"{call.StopReason} {events}")
        {
            Usage = call.Usage?.ToJsonString(),
        };
    }

    private static async Task<ContinuedReply> ResponsesAsync(HttpClient client, string model, bool isStreamed, JsonObject standIn)
    {
        var request = ResponsesCall.Request(standIn.ToJsonString());
        (request["model"], request["stream"]) = (model, isStreamed);
        var call = await ResponsesCall.SendAsync(client, request);
        var output = call.Response?["output"]?.AsArray() ?? [];
        var events = string.Join(' ', call.Events.Select(item => item.Name)
            .Where(name => !name.EndsWith(".delta", StringComparison.Ordinal)));
        return new ContinuedReply(
            string.Concat(output.Select(item => (string?)item!["summary"]?.AsArray().ElementAtOrDefault(0)?["text"])),
            string.Concat(output.Select(item => (string?)item!["content"]?.AsArray().ElementAtOrDefault(0)?["text"])),
            (string?)call.Error?["message"],
            $"{call.Response?["status"]} {events} {call.Text}")
        {
            Usage = call.Response?["usage"]?.ToJsonString(),
        };
    }

    private static async Task<ContinuedReply> FrontendAsync(HttpClient client, string path, string model, JsonObject standIn)
    {
        var call = await FrontendCall.SendAsync(
            client, path, FrontendCall.Request(path, $$"""{"stand_in":{{standIn.ToJsonString()}} }""", model));
        var events = string.Join(' ', call.Events.Select(data => (string?)data["type"])
            .Where(type => type is not ("text-delta" or "reasoning-delta" or "TEXT_MESSAGE_CONTENT" or "REASONING_MESSAGE_CONTENT")));
        return new ContinuedReply(call.Thinking, call.Text, call.Error.Message, $"{call.Finish} {events}")
        {
            Usage = call.Usage?.ToJsonString(),
        };
    }
}
