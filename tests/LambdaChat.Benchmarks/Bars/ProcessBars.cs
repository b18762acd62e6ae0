namespace LambdaChat.Benchmarks.Bars;

/// <summary>Compares the published function with the naive relay, as whole processes, in interleaved rounds.</summary>
internal sealed class ProcessBars
{
    public const string Start = "process start → first `/next`, ms";
    public const string FirstByte = "process start → first streamed byte, ms";
    public const string Memory = "peak RSS, small requests, MiB";
    public const string BurstCpu = "CPU per 1,000 events in a burst, ms";
    public const string PacedCpu = "CPU per 1,000 events at 5 ms a token, ms";
    public const string Allocated = "allocated per event, whole process, B";
    public const string PacedAllocated = "allocated per event at 5 ms a token, B";
    public const string AgeMedian = "age of a token at the client, p50, ms";
    public const string AgeTail = "age of a token at the client, p99, ms";

    private static readonly (string Row, Goal ReadyToRun, Goal Native)[] Figures =
    [
        (Start, Goal.AtMost(120), Goal.AtMost(30)),
        (FirstByte, Goal.AtMost(200), Goal.AtMost(45)),
        (Memory, Goal.AtMost(60), Goal.AtMost(30)),
        (BurstCpu, Goal.TimesNaive(0.4), Goal.TimesNaive(0.4)),
        (PacedCpu, Goal.None, Goal.None),
        (Allocated, Goal.AtMost(100), Goal.AtMost(100)),
        (PacedAllocated, Goal.None, Goal.None),
        (AgeMedian, Goal.AboveDirect(0.2), Goal.AboveDirect(0.2)),
        (AgeTail, Goal.AboveDirect(0.9), Goal.AboveDirect(0.9)),
    ];

    private readonly List<double> _directMedians = [];
    private readonly List<double> _directTails = [];
    private Contestant[] _contestants = [];

    /// <summary>The rows in which a package is not better than the naive relay.</summary>
    public IEnumerable<string> Missed =>
        from row in Figures
        from contestant in _contestants.Skip(1)
        where contestant.Median(row.Row) >= _contestants[0].Median(row.Row)
        select $"{row.Row}, {contestant.Name}: not better than the naive relay";

    public static async Task<ProcessBars> MeasureAsync(Packages packages, bool isSmoke)
    {
        var (rounds, starts, burst, paced) = isSmoke ? (1, 1, 2_000, 50) : (9, 3, 100_000, 1_000);
        var bars = new ProcessBars();
        using var emulator = await EmulatorProcess.StartAsync();
        bars._contestants =
        [
            new Contestant("naive relay", packages.Naive, emulator.Address),
            new Contestant("ReadyToRun", packages.ReadyToRun, emulator.Address),
            new Contestant("native AOT", packages.Native, emulator.Address),
        ];
        for (var round = 0; round < rounds; round++)
        {
            await bars.MeasureRoundAsync(emulator.Address, starts, burst, paced);
        }

        return bars;
    }

    public IEnumerable<string> ToTable()
    {
        foreach (var line in ComparisonTable.Head("whole process"))
        {
            yield return line;
        }

        foreach (var (row, readyToRun, native) in Figures)
        {
            var direct = Rounds.Median(row == AgeTail ? _directTails : _directMedians);
            yield return ComparisonTable.Row(
                row, [.. _contestants.Select(contestant => contestant.Median(row))], direct, readyToRun, native);
        }

        yield return "";
        yield return $"Without a relay the age of a token is {ComparisonTable.Number(Rounds.Median(_directMedians))} ms (p50) "
            + $"and {ComparisonTable.Number(Rounds.Median(_directTails))} ms (p99).";
    }

    private async Task MeasureRoundAsync(Uri emulator, int starts, int burst, int paced)
    {
        for (var i = 0; i < starts; i++)
        {
            foreach (var contestant in _contestants)
            {
                await contestant.MeasureStartAsync();
            }
        }

        foreach (var contestant in _contestants)
        {
            await contestant.MeasureStreamsAsync(burst, paced);
        }

        var direct = await Ages.MeasureDirectAsync(emulator, paced, pace: 5);
        _directMedians.Add(Ages.Percentile(direct, 0.5));
        _directTails.Add(Ages.Percentile(direct, 0.99));
    }
}
