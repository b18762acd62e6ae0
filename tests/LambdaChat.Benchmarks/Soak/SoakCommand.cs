using System.Globalization;
using LambdaChat.Benchmarks.Bars;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>
/// <c>soak [--replies N] [--minutes M] [--packages FOLDER] [--smoke]</c>: many replies, about a third of them with a fault, of the
/// published function. It checks that every outcome is the expected one, and that memory and handles of the processes do not grow, writes
/// <c>soak.md</c>, and exits with 1 on a failure. The smoke mode checks only the outcomes and writes nothing.
/// </summary>
internal static class SoakCommand
{
    private const int MaximumListed = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var isSmoke = args.Contains("--smoke");
        var replies = Number(args, "--replies") ?? (isSmoke ? 2_000 : 100_000);
        var run = new SoakRun(replies, TimeSpan.FromMinutes(Number(args, "--minutes") ?? 24 * 60));
        await run.RunAsync(await Packages.GetReadyToRunAsync(Value(args, "--packages")));
        string[] lines = [.. ToLines(run, replies)];
        Console.WriteLine(string.Join('\n', lines));
        if (isSmoke)
        {
            Console.WriteLine("Smoke run: handles and memory were not judged.");
            return run.Unexplained.IsEmpty ? 0 : 1;
        }

        await File.WriteAllTextAsync(Path.Combine(Packages.Root, "tests", "LambdaChat.Benchmarks", "soak.md"), string.Join('\n', lines) +
            "\n");
        return run.Unexplained.IsEmpty && IsSteady(run) ? 0 : 1;
    }

    private static string? Value(string[] args, string name) => args.SkipWhile(arg => arg != name).Skip(1).FirstOrDefault();

    private static int? Number(string[] args, string name) =>
        Value(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static bool IsSteady(SoakRun run) =>
        run.Late.Count == run.Early.Count && run.Late.Zip(run.Early).All(pair => pair.First.IsSteadySince(pair.Second));

    private static IEnumerable<string> ToLines(SoakRun run, int replies)
    {
        yield return "# Soak";
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
        foreach (var ((kind, outcome), count) in run.Outcomes.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Outcome, StringComparer.Ordinal))
        {
            yield return $"| {kind} | {outcome} | {count} |";
        }

        yield return "";
        yield return $"Outcomes that no fault explains: {run.Unexplained.Count}.";
        foreach (var line in run.Unexplained.Take(MaximumListed))
        {
            yield return $"- {line}";
        }
    }

    private static string Mebibytes(ProcessUse use) => (use.Memory / 1024.0).ToString("F1", CultureInfo.InvariantCulture);
}
