using System.Globalization;
using LambdaChat.Benchmarks.Bars;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>
/// <c>soak [--replies N] [--minutes M] [--packages FOLDER] [--recorded] [--continue] [--smoke]</c>: many replies of the published function,
/// about a third of them with a fault; with <c>--recorded</c> replies of real model servers, with <c>--continue</c> replies that another
/// target continues. Checks that each outcome is the expected one, that 99% of the continued replies are complete, and that the processes
/// do not use more memory and handles at the end than near the start. Writes <c>soak.md</c>, <c>soak-recorded.md</c> or
/// <c>soak-continue.md</c>, and exits with 1 if a check fails. The smoke mode runs all kinds in turn, checks the outcomes only and writes
/// nothing.
/// </summary>
internal static class SoakCommand
{
    private const int MaximumListed = 20;

    private static readonly SoakKind[] Kinds =
    [
        new("", "Soak", "soak.md", 100_000, number => new SoakReply(number)),
        new("--recorded", "Soak with replies of real model servers", "soak-recorded.md", 100_000, number => new RecordedReply(number)),
        new("--continue", "Soak with replies that another target continues", "soak-continue.md", 20_000,
            number => new ContinuedReply(number)) { Whole = 0.99 },
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var isSmoke = args.Contains("--smoke");
        var kind = Array.FindIndex(Kinds, kind => args.Contains(kind.Option)) is >= 0 and var index ? index : 0;
        var replies = Number(args, "--replies") ?? (isSmoke ? 2_000 : Kinds[kind].Replies);
        var run = new SoakRun(replies, TimeSpan.FromMinutes(Number(args, "--minutes") ?? 24 * 60), number =>
            Kinds[isSmoke ? number % Kinds.Length : kind].Create(number));
        await run.RunAsync(await Packages.GetReadyToRunAsync(Value(args, "--packages")));
        string[] lines = [.. ToLines(run, replies, Kinds[kind])];
        Console.WriteLine(string.Join('\n', lines));
        if (isSmoke)
        {
            Console.WriteLine("Smoke run: handles and memory were not checked.");
            return run.Unexplained.IsEmpty ? 0 : 1;
        }

        var file = Path.Combine(Packages.Root, "tests", "LambdaChat.Benchmarks", Kinds[kind].File);
        await File.WriteAllTextAsync(file, string.Join('\n', lines) + "\n");
        return run.Unexplained.IsEmpty && IsSteady(run) && WholeShare(run) >= Kinds[kind].Whole ? 0 : 1;
    }

    private static double WholeShare(SoakRun run) =>
        run.Outcomes.Where(pair => pair.Key.Outcome == SoakOutcome.Whole).Sum(pair => pair.Value) / (double)run.Replies;

    private static string? Value(string[] args, string name) => args.SkipWhile(arg => arg != name).Skip(1).FirstOrDefault();

    private static int? Number(string[] args, string name) =>
        Value(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static bool IsSteady(SoakRun run) =>
        run.Late.Count == run.Early.Count && run.Late.Zip(run.Early).All(pair => pair.First.IsSteadySince(pair.Second));

    private static IEnumerable<string> ToLines(SoakRun run, int replies, SoakKind kind)
    {
        yield return $"# {kind.Title}";
        yield return "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Replies} of {replies} replies in {run.Elapsed.TotalSeconds:F0} s on {Machine.Name}; 4 at once, the ReadyToRun " +
                $"package, every process kept from the first to the last.");
        yield return "";
        yield return "| process | handles at 10 % | at the end | RSS at 10 %, MiB | at the end | steady |";
        yield return "|---|---|---|---|---|---|";
        for (var i = 0; i < run.Late.Count && i < run.Early.Count; i++)
        {
            var (early, late) = (run.Early[i], run.Late[i]);
            yield return $"| {i + 1} | {early.Handles} | {late.Handles} | {Mebibytes(early)} | {Mebibytes(late)} | {(late.IsSteadySince(early) ? "yes" : "no")} |";
        }

        yield return "";
        yield return "| asked for | outcome | replies |";
        yield return "|---|---|---|";
        foreach (var ((asked, outcome), count) in run.Outcomes.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Outcome, StringComparer.Ordinal))
        {
            yield return $"| {asked} | {outcome} | {count} |";
        }

        yield return "";
        yield return string.Create(CultureInfo.InvariantCulture, $"Whole replies: {WholeShare(run):P2}.");
        yield return $"Outcomes that no fault explains: {run.Unexplained.Count}.";
        foreach (var line in run.Unexplained.Take(MaximumListed))
        {
            yield return $"- {line}";
        }
    }

    private static string Mebibytes(ProcessUse use) => (use.Memory / 1024.0).ToString("F1", CultureInfo.InvariantCulture);

    // One kind of soak.
    private sealed record SoakKind(string Option, string Title, string File, int Replies, Func<int, ISoakReply> Create)
    {
        /// <summary>The least share of whole replies.</summary>
        public double Whole { get; init; }
    }
}
