using LambdaChat.Local.Lambda;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Compares the published function with the naive relay in several memory sizes of Lambda, under the share of a core that each has.
/// </summary>
internal sealed class LambdaBars
{
    private const int WarmGoal = 8; // ms.

    private static readonly int[] Sizes = [128, 512, 1769];

    private static readonly string[] Rows =
    [
        LambdaContestant.Init, LambdaContestant.FirstByte, LambdaContestant.StartCpu, LambdaContestant.WarmByte,
        LambdaContestant.SpacedByte, LambdaContestant.AgeTail, LambdaContestant.PacedCpu, LambdaContestant.Memory,
    ];

    /// <summary>As the template sets them with SnapStart.</summary>
    private static readonly Dictionary<string, string> Repeated = new()
    {
        ["REHEARSAL"] = "repeated",
        ["DOTNET_TC_CallCountThreshold"] = "64",
        ["DOTNET_TC_CallCountingDelayMs"] = "0",
    };

    private readonly List<double> _directTails = [];
    private readonly Dictionary<int, LambdaContestant[]> _contestants = [];
    private readonly Dictionary<int, LambdaContestant> _repeated = [];

    /// <summary>Why nothing can be measured on this machine; null if it can.</summary>
    public static string? Obstacle
    {
        get
        {
            using var group = ControlGroup.TryCreate(memory: null, limitsProcessor: true);
            return group is null
                ? "No cgroup that limits processor time can be created. The bars under the share of a core are skipped."
                : null;
        }
    }

    /// <summary>Processor time per 1,000 tokens in ms, and peak memory in MiB, in the smallest size.</summary>
    public (double Cpu, double Memory) ReadyToRun => Use(1);

    /// <inheritdoc cref="ReadyToRun"/>
    public (double Cpu, double Memory) Native => Use(2);

    /// <summary>
    /// The rows in which a package is not better than the naive relay. The rehearsal lengthens the init phase and uses processor time and
    /// memory.
    /// </summary>
    public IEnumerable<string> Missed => NotBetter.Concat(
        from size in _repeated
        where IsGoalMissed(size.Key, size.Value.Median(LambdaContestant.WarmByte), LambdaContestant.WarmByte)
        select $"{size.Key} MB: {LambdaContestant.WarmByte}, {size.Value.Name}");

    private IEnumerable<string> NotBetter =>
        from size in _contestants
        from row in Rows
        from contestant in size.Value.Skip(1)
        where row is not (LambdaContestant.Init or LambdaContestant.StartCpu or LambdaContestant.Memory)
        where contestant.Median(row) >= size.Value[0].Median(row)
        select $"{size.Key} MB: {row}, {contestant.Name}: not better than the naive relay";

    public static async Task<LambdaBars> MeasureAsync(Packages packages, bool isSmoke)
    {
        var (rounds, tokens, warmRequests) = isSmoke ? (1, 10, 1) : (5, 200, 30);
        var bars = new LambdaBars();
        using var emulator = await EmulatorProcess.StartAsync();
        foreach (var size in isSmoke ? Sizes[..1] : Sizes)
        {
            bars._contestants[size] =
            [
                new LambdaContestant("naive relay", packages.Naive, emulator.Address, size),
                new LambdaContestant("ReadyToRun", packages.ReadyToRun, emulator.Address, size),
                new LambdaContestant("native AOT", packages.Native, emulator.Address, size),
            ];
            bars._repeated[size] = new("ReadyToRun, repeated rehearsal", packages.ReadyToRun, emulator.Address, size);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var contestant in bars._contestants.Values.SelectMany(size => size))
            {
                await contestant.MeasureAsync(tokens, warmRequests, variables: []);
            }

            foreach (var contestant in bars._repeated.Values)
            {
                await contestant.MeasureAsync(tokens, warmRequests, Repeated);
            }

            var direct = await Ages.MeasureDirectAsync(emulator.Address, tokens, LambdaContestant.Pace);
            bars._directTails.Add(Ages.Percentile(direct, 0.99));
        }

        return bars;
    }

    public IEnumerable<string> ToTable()
    {
        yield return $"The share is limited by cgroups of version {ControlGroup.Version}, in periods of 20 ms.";
        yield return "";
        foreach (var (size, contestants) in _contestants)
        {
            foreach (var line in ComparisonTable.Head($"{size} MB, {ControlGroup.ShareOf(size):P0} of a core"))
            {
                yield return line;
            }

            foreach (var row in Rows)
            {
                var (readyToRun, native) = GoalsOf(size, row);
                double[] medians = [.. contestants.Select(contestant => contestant.Median(row))];
                yield return ComparisonTable.Row(row, medians, DirectTail, readyToRun, native);
            }

            yield return "";
        }

        yield return $"Without a relay the age of a token every 20 ms is {ComparisonTable.Number(DirectTail)} ms (p99).";
    }

    /// <summary>The ReadyToRun package with a repeated rehearsal, by memory size.</summary>
    public IEnumerable<string> ToRepeatedTable()
    {
        yield return $"| ReadyToRun, repeated rehearsal | {string.Join(" | ", _repeated.Keys.Select(size => $"{size} MB"))} |";
        yield return $"|---|{string.Concat(Enumerable.Repeat("---|", _repeated.Count))}";
        foreach (var row in Rows)
        {
            yield return $"| {row} | {string.Join(" | ", _repeated.Select(size => Cell(size.Key, size.Value.Median(row), row)))} |";
        }

        static string Cell(int size, double value, string row) =>
            Bar.Mark(ComparisonTable.Number(value), IsGoalMissed(size, value, row));
    }

    private double DirectTail => Rounds.Median(_directTails);

    private static bool IsGoalMissed(int size, double value, string row) =>
        (size, row) is (128, LambdaContestant.WarmByte or LambdaContestant.SpacedByte) && value > WarmGoal;

    private (double Cpu, double Memory) Use(int index)
    {
        var contestant = _contestants[Sizes[0]][index];
        return (contestant.Median(LambdaContestant.PacedCpu), contestant.Median(LambdaContestant.Memory));
    }

    private static (Goal ReadyToRun, Goal Native) GoalsOf(int size, string row) => (size, row) switch
    {
        (128, LambdaContestant.AgeTail) => (Goal.AboveDirect(3), Goal.AboveDirect(1)),
        (128, LambdaContestant.WarmByte or LambdaContestant.SpacedByte) => (Goal.AtMost(WarmGoal), Goal.AtMost(4)),
        _ => (Goal.None, Goal.None),
    };
}
