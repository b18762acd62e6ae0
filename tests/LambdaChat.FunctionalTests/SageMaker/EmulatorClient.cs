using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>Calls the emulator without the function.</summary>
internal static class EmulatorClient
{
    public const string OpenAIPath = "openai/v1/chat/completions";

    public static string Chat(string standIn, string members = "{}")
    {
        var request = JsonNode.Parse(
            $$$"""{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[],"stand_in":{{{standIn}}}}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        return request.ToJsonString();
    }

    public static async Task<(int Status, string? ContentType, string Body)> AskAsync(SageMakerEmulator emulator, string path, string body)
    {
        string? contentType = null;
        var (status, _, text) = await SendAsync(
            emulator,
            path,
            body,
            message =>
            {
                if (path.StartsWith("invocations", StringComparison.Ordinal))
                {
                    Signer.Sign(message, body);
                }
                else
                {
                    message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Signer.Token());
                }
            },
            response => contentType = response.Content.Headers.ContentType?.ToString());
        return (status, contentType, text);
    }

    public static async Task<(int Status, string? Error, string Body)> SendAsync(
        SageMakerEmulator emulator, string path, string body, Action<HttpRequestMessage> authenticate, Action<HttpResponseMessage>? look =
            null)
    {
        using var client = new HttpClient { BaseAddress = emulator.Address };
        using var message =
            new HttpRequestMessage(HttpMethod.Post,
                $"endpoints/e/{path}")
            { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Host = emulator.Address.Authority;
        authenticate(message);
        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        look?.Invoke(response);
        var error = response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single().Split(':')[0] : null;
        return ((int)response.StatusCode, error, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static IEnumerable<JsonNode> ReadEvents(string body) => body.Split('\n')
        .Where(line => line.StartsWith("data:", StringComparison.Ordinal) && !line.EndsWith("[DONE]", StringComparison.Ordinal))
        .Select(line => JsonNode.Parse(line["data:".Length..])!);
}
