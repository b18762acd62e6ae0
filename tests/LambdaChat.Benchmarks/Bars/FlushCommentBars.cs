using System.Diagnostics;
using System.Globalization;
using LambdaChat.Local.Lambda;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// The age of tokens behind a front end that holds each chunk back until the next one, as users report of function URLs, and the processor
/// time of the SSE comments that <c>FLUSH_COMMENT_MS</c> sends in each pause.
/// </summary>
internal sealed class FlushCommentBars
{
    private const double MaximumAge = 30;

    private static readonly (int Interval, int Tokens)[] Rates = [(10, 400), (33, 200), (100, 80)];
    private static readonly Dictionary<string, string> NoComments = new() { ["FLUSH_COMMENT_MS"] = "0" };

    private readonly Dictionary<(Setup Setup, int Interval), List<(double Age, double Cpu)>> _measured = [];

    private enum Setup
    {
        NotHeldBack,
        HeldBack,
        HeldBackWithoutComments,
    }

    /// <summary>The rates at which a held back token is too old.</summary>
    public IEnumerable<string> Missed =>
        from rate in Rates
        where Age(Setup.HeldBack, rate.Interval) > MaximumAge
        select $"age of held back tokens every {rate.Interval} ms";

    /// <param name="package">The function as ReadyToRun.</param>
    public static async Task<FlushCommentBars> MeasureAsync(string package, bool isSmoke)
    {
        var bars = new FlushCommentBars();
        using var emulator = await EmulatorProcess.StartAsync();
        for (var round = 0; round < (isSmoke ? 1 : 3); round++)
        {
            foreach (var setup in Enum.GetValues<Setup>())
            {
                await bars.MeasureAsync(setup, Contestant.Options(package, emulator.Address, Variables(setup)), isSmoke);
            }
        }

        return bars;
    }

    public IEnumerable<string> ToTable()
    {
        yield return "| a token every | p50 age, ms | held back, ms | goal, ms | held back, no comments, ms "
            + "| CPU per 1,000 tokens, ms | no comments, ms |";
        yield return "|---|---|---|---|---|---|---|";
        foreach (var (interval, _) in Rates)
        {
            var heldBack = Age(Setup.HeldBack, interval);
            yield return $"| {interval} ms | {Number(Age(Setup.NotHeldBack, interval))} "
                + $"| {Bar.Mark(Number(heldBack), heldBack > MaximumAge)} | ≤ {MaximumAge} | {Number(Age(Setup.HeldBackWithoutComments, interval))} "
                + $"| {Number(Cpu(Setup.HeldBack, interval))} | {Number(Cpu(Setup.HeldBackWithoutComments, interval))} |";
        }
    }

    private static Dictionary<string, string> Variables(Setup setup) => setup == Setup.HeldBackWithoutComments ? NoComments : [];

    private static string Number(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private double Age(Setup setup, int interval) => Rounds.Median(_measured[(setup, interval)].Select(values => values.Age));

    private double Cpu(Setup setup, int interval) => Rounds.Median(_measured[(setup, interval)].Select(values => values.Cpu));

    private async Task MeasureAsync(Setup setup, LambdaOptions options, bool isSmoke)
    {
        await using var lambda = await LocalLambda.StartAsync(options with { HoldsBackChunks = setup != Setup.NotHeldBack });
        using var client = Contestant.CreateClient(lambda);
        await Contestant.ReadAsync(client, """{"tokens":2000,"burst":true,"pace_ms":0}""", _ => { });
        using var process = Process.GetProcessById(lambda.Environments.All.Single().ProcessId);
        foreach (var (interval, tokens) in Rates)
        {
            var values = await MeasureAsync(client, process, interval, isSmoke ? 5 : tokens);
            _measured.TryAdd((setup, interval), []);
            _measured[(setup, interval)].Add(values);
        }
    }

    private static async Task<(double Age, double Cpu)> MeasureAsync(HttpClient client, Process process, int interval, int tokens)
    {
        var ages = new List<double>();
        var before = ProcessorTime.Of(process);
        await Contestant.ReadAsync(client, $$"""{"tokens":{{tokens}},"stamp":true,"pace_ms":{{interval}}}""", data => Ages.Add(ages, data));
        var used = ProcessorTime.Of(process) - before;
        return (Ages.Percentile(ages, 0.5), used.TotalMilliseconds * 1000 / tokens);
    }
}
