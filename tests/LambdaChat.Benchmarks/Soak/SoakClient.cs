using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>Sends the requests of a soak.</summary>
internal static class SoakClient
{
    /// <summary>Sends a request, reads the response to its end, and returns the outcome. Null if the Lambda emulator was busy.</summary>
    public static async Task<string?> AskAsync(HttpClient client, ISoakReply reply, CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, reply.Path) { Content = JsonContent.Create(reply.ToRequest()) };
            using var response = await client.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return body == """{"Message":"Rate Exceeded."}"""
                ? null
                : OutcomeOf(reply, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    private static string OutcomeOf(ISoakReply reply, int status, string? mediaType, string body)
    {
        if (mediaType != "text/event-stream")
        {
            return reply.OutcomeOfJson(status, JsonNode.Parse(body)!);
        }

        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(text => text.StartsWith("data: ", StringComparison.Ordinal)).Select(text => text[6..]).ToList();
        return status != 200 ? $"an event stream with status {status}"
            : events.LastOrDefault() != "[DONE]" ? "a stream without [DONE]"
            : reply.OutcomeOfEvents([.. events.SkipLast(1).Select(data => JsonNode.Parse(data)!)]);
    }
}
