using System.Collections.Concurrent;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>A Lambda emulator and a SageMaker emulator for the fault matrix only. Each row runs once.</summary>
public sealed class FaultLambda : IAsyncLifetime
{
    private const int Environments = 32;
    private const int StartedAtOnce = 8; // More concurrent starts exceed the init timeout.

    private readonly ConcurrentDictionary<FaultKind, Lazy<Task<FaultRow>>> _rows = new();
    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;

    internal HttpClient Client { get; private set; } = new();

    internal SageMakerEmulator Emulator => _emulator!;

    internal IReadOnlyList<ExecutionEnvironment> Alive =>
        [.. _lambda!.Environments.All.Where(environment => environment.IsAlive && !environment.Exited.IsCompleted)];

    internal Task<FaultRow> GetRowAsync(FaultKind kind) =>
        _rows.GetOrAdd(kind, key => new Lazy<Task<FaultRow>>(() => FaultRow.RunAsync(this, key))).Value;

    public async ValueTask InitializeAsync()
    {
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
        _lambda = await FunctionFixture.StartLambdaAsync(_emulator.Address, new Log(), Configure);
        Client = FunctionFixture.CreateClient(_lambda.Url);
        await StartEnvironmentsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _lambda!.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    // Tiered compilation would take half of the CPU time of 32 short-lived processes.
    private static LambdaOptions Configure(LambdaOptions options) => options with
    {
        MaxEnvironments = 40,
        Variables =
            new Dictionary<string, string>(options.Variables) { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_CallCountThreshold"] = "4000" },
    };

    // Each reply waits at its first event, so that the next one starts another environment.
    private async Task StartEnvironmentsAsync()
    {
        var replies = new List<Reply>();
        while (replies.Count < Environments)
        {
            replies.AddRange(
                await Task.WhenAll(
                    Enumerable.Range(0, StartedAtOnce).Select(
                        _ => Reply.StartAsync(Client, Reply.Request("""{"tokens":1,"gate":"start"}""")))));
        }

        Emulator.Gates.Open("start", 3 * Environments); // A token, the finish reason and [DONE].
        await Task.WhenAll(replies.Select(async reply =>
        {
            Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);
            await reply.DisposeAsync();
        }));
    }
}
