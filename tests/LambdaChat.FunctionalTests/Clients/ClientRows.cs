using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients.Wire;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>What is wrong with each case of each client. Each client runs once in a test run, all cases in one process.</summary>
internal sealed class ClientRows(ApiClientFixture fixture) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyDictionary<string, string?>>>> _rows = new();
    private readonly SemaphoreSlim _lock = new(1); // The calls that a client made are those that arrived while it ran.

    /// <summary>The fault of each case that the client has means for; null for none.</summary>
    public Task<IReadOnlyDictionary<string, string?>> GetAsync(ClientKind kind) =>
        _rows.GetOrAdd(kind.Name, _ => new(() => RunAsync(kind))).Value;

    public void Dispose() => _lock.Dispose();

    private async Task<IReadOnlyDictionary<string, string?>> RunAsync(ClientKind kind)
    {
        await _lock.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            fixture.Proxy.Take();
            var callsBefore = fixture.Emulator.Calls.Count;
            var results = await AskAsync(kind);
            var calls = fixture.Emulator.Calls.Skip(callsBefore).Select(static call => call.Body).ToList();
            var exchanges = fixture.Proxy.Take();
            return ClientCase.Names(kind).ToDictionary(
                static name => name, name => FindFault(kind, name, [.. results.Where(result => IsOf(result, name))], calls, exchanges));
        }
        finally
        {
            _lock.Release();
        }
    }

    private async Task<IReadOnlyList<JsonObject>> AskAsync(ClientKind kind)
    {
        using var anthropic = new AnthropicMessages(fixture.Proxy.Address);
        return kind.Name switch
        {
            "dotnet-openai" => await new OpenAIResponses(fixture.Proxy.Address).AskAsync(kind),
            "dotnet-anthropic" => await anthropic.AskAsync(kind),
            _ => await RunScriptAsync(kind),
        };
    }

    private async Task<IReadOnlyList<JsonObject>> RunScriptAsync(ClientKind kind)
    {
        var output = await Node.Apis.RunAsync(
            "run.mjs",
            [],
            fixture.Proxy.Address.ToString().TrimEnd('/'),
            FunctionFixture.Key,
            kind.Name,
            JsonOf(ClientCase.Models(kind)),
            JsonOf(kind.Modes));
        return [.. JsonNode.Parse(output)!.AsArray().Select(static result => result!.AsObject())];
    }

    private static string JsonOf(IEnumerable<string> texts) =>
        new JsonArray([.. texts.Select(static text => (JsonNode)text)]).ToJsonString();

    private static bool IsOf(JsonObject result, string name) => (string?)result["name"] == ClientCase.ModelOf(name);

    private static string? FindFault(
        ClientKind kind, string name, IReadOnlyList<JsonObject> results, IReadOnlyList<JsonObject> calls, IReadOnlyList<Exchange> exchanges)
    {
        var model = ClientCase.ModelOf(name);
        var seen = exchanges.Where(exchange => (string?)JsonNode.Parse(exchange.Request)?["model"] == model).ToList();
        var faults = seen.SelectMany(exchange => kind.Api == ClientApi.Responses
                ? ResponsesCheck.FindFaults(exchange)
                : MessagesCheck.FindFaults(exchange))
            .Distinct()
            .ToList();
        if (results.Count != ClientCase.Modes(kind, name).Count() || seen.Count < results.Count)
        {
            faults.Add($"{results.Count} results, {seen.Count} requests");
        }

        var made = calls.Where(call => (string?)call["model"] == model).ToList();
        faults.AddRange(results.Select(result => ClientCase.FindFault(kind, name, result, made)).OfType<string>());
        return faults.Count == 0 ? null : string.Join('\n', [$"{name}:", .. faults, .. made.Select(static call => call.ToJsonString())]);
    }
}
