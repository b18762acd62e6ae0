using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.Benchmarks.Bars;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>
/// <c>profile</c>: publishes the function without its startup profile, lists the methods that the JIT compiles before the first replies
/// have ended, and writes <c>src/LambdaChat/startup.mibc</c>. It starts the function several times, because the methods depend on timing.
/// <c>profile --check FOLDER</c>: exits with 1 if the JIT compiles more methods of the package in the folder than the maximum.
/// </summary>
internal static class ProfileCommand
{
    private const int Starts = 5;
    private const int MaximumCompiled = 300; // 740 without a profile and 250 with a fresh one. With 300, warm requests take longer.

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("lambdachat-profile-").FullName;
        try
        {
            return args is ["--check", var package] ? await CheckAsync(package, folder) : await RecordAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> CheckAsync(string package, string folder)
    {
        var methods = await ListAsync(package, folder, starts: 1);
        Console.WriteLine($"The JIT compiled {methods.Count} methods. The maximum is {MaximumCompiled}.");
        return methods.Count <= MaximumCompiled ? 0 : 1;
    }

    private static async Task<int> RecordAsync(string folder)
    {
        var package = Path.Combine(folder, "package");
        await Packages.PublishAsync("src/LambdaChat", package, "-p:StartupProfile=none");
        var methods = await ListAsync(package, folder, Starts);
        using var types = new DefinedTypes(package);
        var mibc = new Mibc(types);
        var count = methods.Count(mibc.TryAdd);
        var path = Path.Combine(Packages.Root, "src", "LambdaChat", "startup.mibc");
        mibc.Write(path);
        Console.WriteLine($"{count} of {methods.Count} methods are in {path}.");
        return 0;
    }

    private static async Task<IReadOnlyList<JitMethod>> ListAsync(string package, string folder, int starts)
    {
        var listing = Path.Combine(folder, "jit");
        for (var i = 0; i < starts; i++)
        {
            await RunFunctionAsync(package, listing); // Adds to the listing.
        }

        return JitMethod.ReadAll(File.ReadLines(listing));
    }

    // The runtime writes the end of its listing when the process ends by itself.
    private static async Task RunFunctionAsync(string package, string listing)
    {
        using var emulator = await EmulatorProcess.StartAsync();
        var variables = new Dictionary<string, string>
        {
            ["DOTNET_JitStdOutFile"] = listing,
            ["DOTNET_JitDisasmSummary"] = "1",
            ["REHEARSAL"] = "true",
        };
        await using var lambda = await Contestant.StartAsync(package, emulator.Address, _ => { }, maxEnvironments: 1, variables);
        using var client = Contestant.CreateClient(lambda);
        await Contestant.ReadAsync(client, """{"tokens":20,"pace_ms":0}""", _ => { });
        await AskAsync(client);
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

        var request = new JsonObject
        {
            ["model"] = "r1",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" })
        };
        (await client.PostAsJsonAsync("v1/chat/completions", request)).EnsureSuccessStatusCode();
        using var stranger = new HttpClient { BaseAddress = client.BaseAddress };
        await stranger.GetAsync("v1/models");
    }
}
