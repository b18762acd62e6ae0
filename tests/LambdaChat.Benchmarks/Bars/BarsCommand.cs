namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// <c>bars [--smoke] [--parsers] [--eyes] [--packages FOLDER]</c>: measures, only the parsers or only what logs and metrics cost where that is asked for, writes the tables of <c>src/LambdaChat/README.md</c>, and ends with 1 on a missed
/// bar. The smoke mode runs everything once, judges nothing and writes nothing.
/// </summary>
internal static class BarsCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var isSmoke = args.Contains("--smoke");
        var folder = args.SkipWhile(arg => arg != "--packages").Skip(1).FirstOrDefault();
        if (args.Contains("--eyes"))
        {
            return await MeasureEyesAsync(await Packages.GetReadyToRunAsync(folder), isSmoke) ? 0 : 1;
        }

        var parsers = ParserBars.Measure(isSmoke ? 3 : 60);
        if (args.Contains("--parsers"))
        {
            Console.WriteLine(string.Join('\n', ToTable(parsers)));
            return parsers.All(bar => bar.IsMet) ? 0 : 1;
        }

        var packages = await Packages.GetAsync(folder);
        var processes = await ProcessBars.MeasureAsync(packages, isSmoke);
        string[] table = [.. Header(), .. ToTable(parsers), "", .. processes.ToTable()];
        Console.WriteLine(string.Join('\n', table));
        var areEyesMet = await MeasureEyesAsync(packages.ReadyToRun, isSmoke);
        if (isSmoke)
        {
            Console.WriteLine("Smoke run: everything ran, nothing was judged.");
            return 0;
        }

        Report.Replace(Readme, "bars", table);
        var missed = parsers.Where(bar => !bar.IsMet).Select(bar => bar.What).ToList();
        missed.ForEach(bar => Console.WriteLine($"missed: {bar}"));
        Console.WriteLine(processes.AreMet ? "better than the naive relay in every row" : "missed: not better than the naive relay in every row");
        return missed.Count == 0 && processes.AreMet && areEyesMet ? 0 : 1;
    }

    private static string Readme => Path.Combine(Packages.Root, "src", "LambdaChat", "README.md");

    // False where a bar is missed.
    private static async Task<bool> MeasureEyesAsync(string package, bool isSmoke)
    {
        var bars = await EyesBars.MeasureAsync(package, isSmoke);
        string[] table = [.. Header(), .. ToTable(bars, "log line and metrics")];
        Console.WriteLine(string.Join('\n', table));
        if (isSmoke)
        {
            return true;
        }

        Report.Replace(Readme, "eyes-bars", table);
        return bars.All(bar => bar.IsMet);
    }

    private static IEnumerable<string> Header()
    {
        yield return $"Measured on {Machine.Name}; medians of interleaved rounds.";
        yield return "";
    }

    private static IEnumerable<string> ToTable(IEnumerable<Bar> bars, string title = "parsers")
    {
        yield return $"| {title} | measured | must | aim |";
        yield return "|---|---|---|---|";
        foreach (var bar in bars)
        {
            yield return $"| {bar.What} | {bar.Measured} | {bar.Must} | {bar.Aim} |";
        }
    }
}
