using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>A request and its response, whose events are reported as they arrive.</summary>
/// <param name="Body">The body of a response that is no stream; null for a stream.</param>
internal sealed record ApiExchange(int Status, HttpResponseHeaders Headers, string? Body)
{
    /// <param name="onEvent">Called for each event of a stream.</param>
    /// <param name="cancellationToken">Null for the test's own.</param>
    /// <param name="configure">Adds headers.</param>
    public static async Task<ApiExchange> SendAsync(
        HttpClient client, JsonObject? request, string path, string method, Action<SseItem<string>> onEvent,
        CancellationToken? cancellationToken, Action<HttpRequestHeaders>? configure = null)
    {
        var token = cancellationToken ?? TestContext.Current.CancellationToken;
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        message.Content = request is null ? null : new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        configure?.Invoke(message.Headers);
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
        await using var body = await response.Content.ReadAsStreamAsync(token);
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            return new ApiExchange((int)response.StatusCode, response.Headers, await new StreamReader(body).ReadToEndAsync(token));
        }

        await foreach (var item in SseParser.Create(body).EnumerateAsync(token))
        {
            onEvent(item);
        }

        return new ApiExchange((int)response.StatusCode, response.Headers, Body: null);
    }
}
