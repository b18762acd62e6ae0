using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Measures how long other callers wait while one caller or one model server sends the most expensive inputs, and what the process uses:
/// the bounds in <c>src/docs/security.md</c>.
/// </summary>
internal sealed class AttackBars
{
    private const double MaximumWait = 250; // In ms.

    private static readonly Dictionary<string, string> SmallContainer = new() { ["DOTNET_GCHeapHardLimit"] = "0x20000000" }; // 512 MiB.

    private readonly List<Row> _rows = [];

    /// <summary>The attacks during which other callers wait too long.</summary>
    public IEnumerable<string> Missed => from row in _rows where row.Wait > MaximumWait select $"wait of others during {row.What}";

    /// <param name="package">The function as ReadyToRun.</param>
    public static async Task<AttackBars> MeasureAsync(string package, bool isSmoke)
    {
        var (times, bodies, seconds) = isSmoke ? (2, 20, 1) : (32, 200, 10);
        var bars = new AttackBars();
        using var emulator = await EmulatorProcess.StartAsync();
        await bars.MeasureAsync(package, emulator.Address, "no attack", (_, _) => Task.Delay(TimeSpan.FromSeconds(seconds)));
        foreach (var (what, body) in new[]
        {
            ("bodies of 560,000 members", AttackTraffic.WideBody),
            ("bodies of 500,000 objects", AttackTraffic.ManyObjects),
            ("errors of 0.9 MB", AttackTraffic.LongError),
            ("events of 0.7 MB with 128 choices", AttackTraffic.ManyChoices),
            ("documents of 0.4 MB with 128 choices", AttackTraffic.LongDocument),
        })
        {
            await bars.MeasureAsync(
                package, emulator.Address, $"{times} {what}, 4 at once", (client, _) => PostAsync(client, body, times));
        }

        await bars.MeasureAsync(package, emulator.Address, $"{bodies} unfinished bodies of 6 MB",
            (_, url) => AttackTraffic.HoldBodiesAsync(url, bodies, TimeSpan.FromSeconds(seconds)));
        return bars;
    }

    public IEnumerable<string> ToTable()
    {
        yield return "| others, while one caller sends | longest wait, ms | must | CPU of the process, s | peak memory, MiB |";
        yield return "|---|---|---|---|---|";
        foreach (var row in _rows)
        {
            yield return $"| {row.What} | {Bar.Mark(Number(row.Wait), row.Wait > MaximumWait)} | ≤ {MaximumWait} "
                + $"| {row.Processor.ToString("0.0", CultureInfo.InvariantCulture)} | {Number(row.Memory / (1024.0 * 1024))} |";
        }
    }

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static async Task PostAsync(HttpClient client, byte[] body, int times)
    {
        for (var i = 0; i < times; i += 4)
        {
            await AttackTraffic.PostAsync(client, body, times: Math.Min(4, times - i));
        }
    }

    // Each attack has its own process, so that the peak memory is that of the attack.
    private async Task MeasureAsync(string package, Uri sageMaker, string what, Func<HttpClient, Uri, Task> attack)
    {
        await using var function = await WebFunction.StartAsync(package, sageMaker, SmallContainer);
        using var client = function.CreateClient(WebFunction.CanaryKey);
        using var attacker = function.CreateClient(Contestant.Key);
        var canary = new Canary(client);
        await canary.RunAsync(Task.Delay(TimeSpan.FromSeconds(1))); // Warms up.
        var before = function.Use().Processor;
        var wait = await canary.RunAsync(Task.Run(() => attack(attacker, function.Url)));
        var (processor, memory) = function.Use();
        _rows.Add(new Row(what, wait, (processor - before).TotalSeconds, memory));
    }

    private sealed record Row(string What, double Wait, double Processor, long Memory);
}
