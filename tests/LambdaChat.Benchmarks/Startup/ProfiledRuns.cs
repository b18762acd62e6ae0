using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.Benchmarks.Bars;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>Runs a published function, and lists the methods that the JIT compiles in it.</summary>
/// <param name="folder">A temporary folder for the listings.</param>
internal sealed class ProfiledRuns(string package, string folder)
{
    /// <summary>Starts the function several times, and lists the methods before the end of the first replies.</summary>
    public async Task<IReadOnlyList<JitMethod>> ListStartAsync(int starts)
    {
        using var emulator = await EmulatorProcess.StartAsync();
        var listing = Path.Combine(folder, "start");
        for (var i = 0; i < starts; i++)
        {
            await RunAsync(emulator.Address, listing, [], AskAsync); // Adds to the listing.
        }

        return JitMethod.ReadAll(File.ReadLines(listing));
    }

    /// <summary>Lists the methods of a function that uses its libraries: a table, the tokens of an issuer, and a collector.</summary>
    public async Task<IReadOnlyList<JitMethod>> ListLibrariesAsync()
    {
        using var emulator = await EmulatorProcess.StartAsync();
        await using var table = await TableStub.StartAsync();
        await using var issuer = await BarsIssuer.StartAsync();
        Dictionary<string, string> variables = new([.. table.Variables, .. issuer.Variables])
        {
            ["LIMITS"] = """{"keys":{"*":{"requestsPerMinute":600,"tokensPerDay":1000000,"streams":10}}}""",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = table.Address.ToString(), // It answers every request.
        };
        var listing = Path.Combine(folder, "libraries");
        await RunAsync(emulator.Address, listing, variables, client => UseLibrariesAsync(client, issuer.Token()));
        return JitMethod.ReadAll(File.ReadLines(listing));
    }

    // The runtime writes the end of its listing when the process ends by itself.
    private async Task RunAsync(Uri sageMaker, string listing, Dictionary<string, string> variables, Func<HttpClient, Task> work)
    {
        var all = new Dictionary<string, string>(variables)
        {
            ["DOTNET_JitStdOutFile"] = listing,
            ["DOTNET_JitDisasmSummary"] = "1",
            ["REHEARSAL"] = "true",
        };
        await using var lambda = await Contestant.StartAsync(package, sageMaker, _ => { }, maxEnvironments: 1, all);
        using var client = Contestant.CreateClient(lambda);
        await Contestant.ReadAsync(client, """{"tokens":20,"pace_ms":0}""", _ => { });
        await work(client);
        var environment = lambda.Environments.All.Single();
        using var end = Process.Start("kill", ["-TERM", $"{environment.ProcessId}"]);
        await environment.Exited;
    }

    private static async Task AskAsync(HttpClient client)
    {
        foreach (var path in (string[])["/", "v1/models"])
        {
            (await client.GetAsync(path)).EnsureSuccessStatusCode();
        }

        (await client.PostAsJsonAsync("v1/chat/completions", Request("messages"))).EnsureSuccessStatusCode();
        using var stranger = new HttpClient { BaseAddress = client.BaseAddress };
        await stranger.GetAsync("v1/models");
    }

    // A reply that is stored, read, cancelled and deleted, and a key that is neither in the settings nor in the table.
    private static async Task UseLibrariesAsync(HttpClient client, string token)
    {
        using var stranger = new HttpClient { BaseAddress = client.BaseAddress };
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "unknown");
        await stranger.GetAsync("v1/models");
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        for (var i = 0; i < 3; i++)
        {
            var response = (await client.PostAsJsonAsync("v1/responses", Request("input"))).EnsureSuccessStatusCode(); // It is stored.
            var path = $"v1/responses/{(string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["id"]!}";
            (await client.GetAsync(path)).EnsureSuccessStatusCode();
            await client.PostAsync($"{path}/cancel", content: null);
            (await client.DeleteAsync(path)).EnsureSuccessStatusCode();
        }
    }

    private static JsonObject Request(string member) => new()
    {
        ["model"] = "r1",
        [member] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
    };
}
