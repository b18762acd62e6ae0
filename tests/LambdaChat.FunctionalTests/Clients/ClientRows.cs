using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients.Wire;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>The fault of each case of each client. Each client runs once in a test run, with all cases in one process.</summary>
internal sealed class ClientRows(ApiClientFixture fixture) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyDictionary<string, string?>>>> _rows = new();
    private readonly SemaphoreSlim _lock = new(1); // The calls that a client made are those that arrived while it ran.

    /// <summary>The fault of each case that the client supports; null for none.</summary>
    public Task<IReadOnlyDictionary<string, string?>> GetAsync(ClientKind kind) =>
        _rows.GetOrAdd(kind.Name, _ => new(() => RunAsync(kind))).Value;

    /// <summary>The fault of a reply that pauses longer than the time between two heartbeats.</summary>
    public async Task<IReadOnlyList<string>> FindSilenceFaultsAsync(IReadOnlyList<ClientKind> kinds)
    {
        await _lock.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            fixture.Proxy.Take();
            var results = (await Task.WhenAll(kinds.Select(kind => RunScriptAsync(kind, ["silence"]))))
                .SelectMany(static list => list).ToList();
            var exchanges = fixture.Proxy.Take().Where(static exchange => NameOf(exchange) == "silence").ToList();
            return
            [
                .. results.Where(static result => result["error"] is not null || (string?)result["turns"]![0]!["text"] != " t0")
                    .Select(static result => result.ToJsonString()),
                .. exchanges.Where(static exchange => !exchange.Response.Contains("\n\n: ", StringComparison.Ordinal))
                    .Select(static exchange => $"no heartbeat: {exchange.Response}"),
                .. exchanges.Count == kinds.Count ? (string[])[] : [$"{exchanges.Count} requests"],
            ];
        }
        finally
        {
            _lock.Release();
        }
    }

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
            _ => await RunScriptAsync(kind, ClientCase.Models(kind)),
        };
    }

    private async Task<IReadOnlyList<JsonObject>> RunScriptAsync(ClientKind kind, IEnumerable<string> models)
    {
        var project = kind.IsOfPages ? Node.Frontends : Node.Apis;
        var output = await project.RunAsync(
            "run.mjs",
            [],
            fixture.Proxy.Address.ToString().TrimEnd('/'),
            FunctionFixture.Key,
            kind.Name,
            JsonOf(models),
            JsonOf(kind.Modes));
        return [.. JsonNode.Parse(output)!.AsArray().Select(static result => result!.AsObject())];
    }

    private static string? NameOf(Exchange exchange) =>
        exchange.Request.Length > 0 && JsonNode.Parse(exchange.Request) is { } request
            ? (string?)(request["model"] ?? request["forwardedProps"]?["model"]) : null;

    private static string JsonOf(IEnumerable<string> texts) =>
        new JsonArray([.. texts.Select(static text => (JsonNode)text)]).ToJsonString();

    private static bool IsOf(JsonObject result, string name) => (string?)result["name"] == ClientCase.ModelOf(name);

    private static string? FindFault(
        ClientKind kind, string name, IReadOnlyList<JsonObject> results, IReadOnlyList<JsonObject> calls, IReadOnlyList<Exchange> exchanges)
    {
        var model = ClientCase.ModelOf(name);
        var seen = exchanges.Where(exchange => NameOf(exchange) == model).ToList();
        var faults = seen.SelectMany(exchange => kind.Api switch
            {
                ClientApi.Responses => ResponsesCheck.FindFaults(exchange),
                ClientApi.Messages => MessagesCheck.FindFaults(exchange),
                _ => FrontendCheck.FindFaults(exchange),
            })
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
