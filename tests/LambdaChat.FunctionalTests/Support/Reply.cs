using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>A streaming reply, read event by event.</summary>
internal sealed class Reply : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private Reply(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _events = SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public HttpResponseMessage Response { get; }

    /// <summary>Creates a chat request with <c>stand_in</c>, and with other members replaced or added.</summary>
    public static JsonObject Request(string standIn = "{}", string members = "{}")
    {
        var request = new JsonObject
        {
            ["model"] = FunctionFixture.Model,
            ["stream"] = true,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
            ["stand_in"] = JsonNode.Parse(standIn),
        };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        return request;
    }

    public static async Task<Reply> StartAsync(HttpClient client, JsonObject request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(request) };
        var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new Reply(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Reads all events of a reply.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(HttpClient client, JsonObject request)
    {
        await using var reply = await StartAsync(client, request);
        return await reply.ReadToEndAsync();
    }

    /// <summary>Sends a request and reads a response that is not a stream.</summary>
    public static async Task<(int Status, string Body)> AskAsync(HttpClient client, JsonObject request)
    {
        using var response = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Reads the data of the next event; null at the end of the body.</summary>
    public async Task<string?> ReadEventAsync() => await _events.MoveNextAsync() ? _events.Current.Data : null;

    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        var events = new List<string>();
        while (await ReadEventAsync() is { } data)
        {
            events.Add(data);
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        Response.Dispose();
    }

    /// <summary>Joins the texts of all deltas.</summary>
    public static (string Reasoning, string Content) Join(IEnumerable<string> events)
    {
        var (reasoning, content) = (new StringBuilder(), new StringBuilder());
        foreach (
            var delta in events.Where(data => data != "[DONE]").Select(
                data => JsonNode.Parse(data)!["choices"]?.AsArray().FirstOrDefault()?["delta"]))
        {
            reasoning.Append((string?)delta?["reasoning_content"]);
            content.Append((string?)delta?["content"]);
        }

        return (reasoning.ToString(), content.ToString());
    }

    /// <summary>Asserts that the reply ends with the events of a failure.</summary>
    public static void AssertFailed(IReadOnlyList<string> events, int after, string code, string message)
    {
        Assert.Equal(after + 5, events.Count);
        var error = JsonNode.Parse(events[after])!["error"]!;
        Assert.Equal((message, code), ((string?)error["message"], (string?)error["code"]));
        Assert.Equal(["message", "type", "param", "code"], error.AsObject().Select(member => member.Key));
        var text = JsonNode.Parse(events[after + 1])!["choices"]![0]!;
        Assert.Equal($"\n\n[Error: {message}]", (string?)text["delta"]!["content"]);
        Assert.Equal(JsonValueKind.Null, text["finish_reason"]?.GetValueKind() ?? JsonValueKind.Null);
        Assert.Equal($"error: {message}", (string?)JsonNode.Parse(events[after + 2])!["choices"]![0]!["finish_reason"]);
        var finish = JsonNode.Parse(events[after + 3])!["choices"]![0]!;
        Assert.Empty(finish["delta"]!.AsObject());
        Assert.Equal("error", (string?)finish["finish_reason"]);
        Assert.Equal("[DONE]", events[after + 4]);
    }
}
