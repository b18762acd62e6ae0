using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.Local;

/// <summary>Asks an OpenAI-compatible server for the name of its model.</summary>
internal static class ServedModel
{
    private const int MaximumListed = 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <param name="server">The address of the API, usually with <c>/v1</c> at its end.</param>
    /// <param name="key">Bearer token; null for none.</param>
    /// <exception cref="LocalException">The server does not answer, or does not have exactly one model.</exception>
    public static async Task<string> FindAsync(Uri server, string? key, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout };
        var url = new Uri(server.ToString().TrimEnd('/') + "/models");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new LocalException($"GET {url} answered {(int)response.StatusCode}. {Advice(server, response.StatusCode)}");
            }

            return Select(url, Parse(await response.Content.ReadAsStringAsync(cancellationToken)));
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LocalException(
                $"The model server {server} is unreachable: {exception.Message.TrimEnd('.')}. Start it first, or set --served-name.");
        }
    }

    private static string Advice(Uri server, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound when OpenAIServer.PathAdvice(server) is { } advice => advice,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Set --openai-key.",
        _ => "Set --served-name to the name of the model on this server.",
    };

    private static string Select(Uri url, List<string> names) => names switch
    {
        [var name] => name,
        [] => throw new LocalException($"{url} lists no model. Set --served-name to the name of the model on this server."),
        _ => throw new LocalException(
            $"{url} lists several models. Set --served-name to one of {string.Join(", ", names.Take(MaximumListed))}" +
            $"{(names.Count > MaximumListed ? ", …" : "")}."),
    };

    private static List<string> Parse(string json)
    {
        try
        {
            return [.. (JsonNode.Parse(json)?["data"]?.AsArray() ?? []).Select(model => (string?)model?["id"]).OfType<string>()];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
