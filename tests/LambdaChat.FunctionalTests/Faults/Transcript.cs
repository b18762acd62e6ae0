using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>A response as lines: the status, and the text or finish reason of each event. Errors are kept whole.</summary>
internal sealed class Transcript
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Sends a request. While environments work on after their last responses, Lambda throttles it.</summary>
    /// <param name="onEvent">Called when an event arrives.</param>
    public static async Task<Transcript> ReadAsync(
        HttpClient client, JsonObject request, Action onEvent, CancellationToken cancellationToken)
    {
        using var response = await client.SendUnthrottledAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(request) },
            HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await ReadAsync(response, onEvent, cancellationToken);
    }

    private static async Task<Transcript> ReadAsync(HttpResponseMessage response, Action onEvent, CancellationToken cancellationToken)
    {
        var transcript = new Transcript();
        transcript._lines.Add($"{(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            transcript.Add(await response.Content.ReadAsStringAsync(cancellationToken), "message");
            return transcript;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            transcript.Add(item.Data, "delta");
            onEvent();
        }

        return transcript;
    }

    public override string ToString() => string.Join(" | ", _lines);

    // Records without choices and usage are kept unchanged.
    private void Add(string data, string member)
    {
        var json = data.StartsWith("{\"id\"", StringComparison.Ordinal) ? JsonNode.Parse(data)! : null;
        if (json?["choices"]?.AsArray() is not { } choices)
        {
            _lines.Add(data);
            return;
        }

        foreach (var choice in choices)
        {
            var (text, finish) = ((string?)choice![member]!["content"], (string?)choice["finish_reason"]);
            _lines.AddRange(finish is null ? [text ?? ""] : string.IsNullOrEmpty(text) ? [$"finish {finish}"] : [text, $"finish {finish}"]);
        }

        if (choices.Count == 0 && json["usage"] is not null)
        {
            _lines.Add("usage");
        }
    }
}
