using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Attacks;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>A Kestrel process whose replies are stored in its memory, with two callers.</summary>
public sealed class StoredFunction(FunctionFixture function) : IAsyncLifetime
{
    private KestrelFunction? _process;

    public HttpClient Client { get; private set; } = new();

    /// <summary>A client with another key.</summary>
    public HttpClient Other { get; private set; } = new();

    internal KestrelFunction Process => _process!;

    /// <summary>The environment variables of a function with these callers.</summary>
    internal static Dictionary<string, string> Variables(Uri sageMaker, params (string Name, string Value)[] more)
    {
        var variables = FunctionFixture.Variables(sageMaker);
        variables["API_KEYS"] += $",other={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sk-other")))}";
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }

    internal static HttpClient CreateOther(Uri url)
    {
        var client = FunctionFixture.CreateClient(url);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sk-other");
        return client;
    }

    public async ValueTask InitializeAsync()
    {
        _process = await KestrelFunction.StartAsync(
            function.Emulator.Address, Variables(function.Emulator.Address, ("STORE", "memory")));
        (Client, Other) = (FunctionFixture.CreateClient(_process.Url), CreateOther(_process.Url));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Other.Dispose();
        await Process.DisposeAsync();
    }

    /// <summary>Sends a request and returns the response, whose body was not read.</summary>
    internal static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, string method, string path, JsonNode? body = null, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        message.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            message.Headers.Add(name, value);
        }

        return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a request and returns the text of the response.</summary>
    internal static async Task<string> ReadAsync(
        HttpClient client, string method, string path, JsonNode? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(client, method, path, body, headers);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a request and returns the document of the response.</summary>
    internal static async Task<(int Status, JsonNode Body)> AskAsync(HttpClient client, string method, string path, JsonNode? body = null)
    {
        using var response = await SendAsync(client, method, path, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text)!);
    }

    /// <summary>Reads a response after its end. It waits with one read, because the number of reads in a minute is limited.</summary>
    internal static async Task<JsonNode> WaitForEndAsync(HttpClient client, string id)
    {
        await RawStream.ReadAllAsync(client, "GET", $"v1/responses/{id}?stream=true");
        var (status, body) = await AskAsync(client, "GET", $"v1/responses/{id}");
        Assert.True(status == 200 && (string?)body["status"] is not ("queued" or "in_progress"), body.ToJsonString());
        return body;
    }
}
