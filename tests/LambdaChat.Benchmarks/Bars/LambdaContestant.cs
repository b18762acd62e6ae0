using System.Diagnostics;
using LambdaChat.Local.Lambda;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// A published relay in one memory size: it has a whole core until its first poll, and then the share of a core of the memory size.
/// </summary>
internal sealed class LambdaContestant(string name, string package, Uri sageMaker, int memorySize)
{
    /// <summary>The time between two tokens, in ms.</summary>
    public const int Pace = 20;

    public const string Init = "start → first `/next`, ms";
    public const string FirstByte = "start → first streamed byte, ms";
    public const string StartCpu = "CPU to the end of the first reply, ms";
    public const string WarmByte = "warm request → first byte, ms";
    public const string SpacedByte = "warm request after a pause → first byte, ms";
    public const string AgeTail = "age of a token every 20 ms, p99, ms";
    public const string Memory = "peak RSS, MiB";
    public const string PacedCpu = "CPU per 1,000 tokens every 20 ms, ms";

    // The share of a core is assigned in periods of 20 ms. After three of them, a request does not wait for what others have used.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly Dictionary<string, List<double>> _values = [];

    public string Name => name;

    public double Median(string row) => Rounds.Median(_values[row]);

    /// <summary>
    /// Starts the relay by a request. A long reply follows at once, because the JIT compiler is busiest then. The warm requests come last,
    /// one directly after the other, and then with pauses.
    /// </summary>
    public async Task MeasureAsync(int tokens, int warmRequests, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var options = Contestant.Options(package, sageMaker, variables) with { MemorySize = memorySize, IsProcessorEnforced = true };
        await using var lambda = await LocalLambda.StartAsync(options);
        using var client = Contestant.CreateClient(lambda);
        var first = await Contestant.ReadFirstByteAsync(client);
        var environment = lambda.Environments.All.Single();
        using var process = Process.GetProcessById(environment.ProcessId);
        var cpu = ProcessorTime.Of(process);
        Add(Init, environment.InitDuration.TotalMilliseconds);
        Add(FirstByte, Stopwatch.GetElapsedTime(environment.StartTimestamp, first).TotalMilliseconds);
        Add(StartCpu, cpu.TotalMilliseconds);

        var ages = new List<double>();
        await Contestant.ReadAsync(client, $$"""{"tokens":{{tokens}},"stamp":true,"pace_ms":{{Pace}}}""", data => Ages.Add(ages, data));
        Add(PacedCpu, (ProcessorTime.Of(process) - cpu).TotalMilliseconds * 1000 / tokens);
        Add(AgeTail, Ages.Percentile(ages, 0.99));
        Add(Memory, environment.PeakMemory / (1024.0 * 1024));
        for (var i = 0; i < warmRequests; i++)
        {
            await AddFirstByteAsync(WarmByte, client);
        }

        for (var i = 0; i < warmRequests; i++)
        {
            await Task.Delay(Pause);
            await AddFirstByteAsync(SpacedByte, client);
        }
    }

    private async Task AddFirstByteAsync(string row, HttpClient client)
    {
        var start = Stopwatch.GetTimestamp();
        Add(row, Stopwatch.GetElapsedTime(start, await Contestant.ReadFirstByteAsync(client)).TotalMilliseconds);
    }

    private void Add(string row, double value)
    {
        _values.TryAdd(row, []);
        _values[row].Add(value);
    }
}
