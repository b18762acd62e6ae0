using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Limits;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.FunctionalTests.Telemetry;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>A function with one environment, so that it has settled a reply before the next one, and a collector.</summary>
public sealed class ApiTreatmentFixture(FunctionFixture function) : IAsyncLifetime
{
    /// <summary>A key with a budget of tokens.</summary>
    public const string Key = "sk-budget";

    /// <summary>A key with one request per minute.</summary>
    public const string FewKey = "sk-few";

    private readonly Collector _collector = new();
    private readonly List<Span> _spans = [];
    private readonly HttpClient _client = new();
    private LimitedFunction? _function;

    public async ValueTask InitializeAsync()
    {
        await _collector.StartAsync();
        _function = await LimitedFunction.StartAsync(
            function.Emulator.Address,
            """{"keys":{"budget":{"tokensPerMonth":1000000},"few":{"requestsPerMinute":1} } }""",
            [
                new("API_KEYS", string.Join(',', new[] { Key, FewKey }.Select(Hash))),
                new("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Address.ToString()),
            ],
            environments: 1);
        _client.BaseAddress = _function.Lambda.Url;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_function is not null)
        {
            await _function.DisposeAsync();
        }

        await _collector.DisposeAsync();
    }

    /// <summary>Sends a request and reads the response. While the environment works on after its last one, Lambda throttles it.</summary>
    internal Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create) => _client.SendUnthrottledAsync(
        create, HttpCompletionOption.ResponseContentRead, TestContext.Current.CancellationToken);

    /// <summary>The log line of a reply.</summary>
    internal async Task<JsonNode> ReadLineAsync(HttpResponseMessage response)
    {
        var id = response.Headers.GetValues("x-request-id").Single();
        return JsonNode.Parse(await _function!.Log.WaitForAsync("\"outcome\"", $"\"requestId\":\"{id}\""))!;
    }

    /// <summary>The span of the request with this parent.</summary>
    internal async Task<Span> ReadSpanAsync(string parent)
    {
        while (_spans.Find(span => span.ParentId == parent) is null)
        {
            _spans.AddRange(await _collector.ReadSpansAsync());
        }

        return _spans.Single(span => span.ParentId == parent);
    }

    private static string Hash(string key) => $"{key["sk-".Length..]}={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
}
