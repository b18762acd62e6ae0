namespace LambdaChat.Benchmarks.Bars;

/// <summary>What a rehearsal in the init phase costs and saves, by memory size: the same package with and without it.</summary>
internal sealed class RehearsalBars
{
    private static readonly int[] Sizes = [128, 512, 1769];
    private static readonly string[] Rows = [LambdaContestant.Init, LambdaContestant.FirstByte, LambdaContestant.StartCpu];

    private readonly (LambdaContestant Without, LambdaContestant With)[] _sizes;

    private RehearsalBars((LambdaContestant Without, LambdaContestant With)[] sizes) => _sizes = sizes;

    public static async Task<RehearsalBars> MeasureAsync(string package, bool isSmoke)
    {
        using var emulator = await EmulatorProcess.StartAsync();
        var bars = new RehearsalBars([.. Sizes.Select(size => (Create(size), Create(size)))]);
        for (var round = 0; round < (isSmoke ? 1 : 9); round++)
        {
            foreach (var (without, with) in bars._sizes)
            {
                await MeasureAsync(without, isOn: false);
                await MeasureAsync(with, isOn: true);
            }
        }

        return bars;

        LambdaContestant Create(int size) => new("ReadyToRun", package, emulator.Address, size);
    }

    public IEnumerable<string> ToTable()
    {
        yield return $"| without and with a rehearsal | {string.Join(" | ", Sizes.Select(size => $"{size} MB"))} |";
        yield return $"|---|{string.Concat(Enumerable.Repeat("---|", Sizes.Length))}";
        foreach (var row in Rows)
        {
            yield return $"| {row} | {string.Join(" | ", _sizes.Select(size => $"{Cell(size.Without, row)}, {Cell(size.With, row)}"))} |";
        }
    }

    private static string Cell(LambdaContestant contestant, string row) => ComparisonTable.Number(contestant.Median(row));

    private static Task MeasureAsync(LambdaContestant contestant, bool isOn) =>
        contestant.MeasureAsync(tokens: 1, warmRequests: 0, [new("REHEARSAL", isOn ? "true" : "false")]);
}
