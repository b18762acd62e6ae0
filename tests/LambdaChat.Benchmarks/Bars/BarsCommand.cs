using LambdaChat.Benchmarks.Page;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// <c>bars [--smoke] [--parsers] [--authentication] [--page] [--packages FOLDER]</c>: measures, only a part where one is named, writes the
/// tables of <c>src/LambdaChat/README.md</c>, and ends with 1 on a missed bar. The smoke mode runs everything once, judges nothing and writes nothing.
/// </summary>
internal static class BarsCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var isSmoke = args.Contains("--smoke");
        var folder = args.SkipWhile(arg => arg != "--packages").Skip(1).FirstOrDefault();
        if (args.Contains("--authentication"))
        {
            return await JudgeAuthenticationAsync(await Packages.GetReadyToRunAsync(folder), isSmoke) || isSmoke ? 0 : 1;
        }

        if (args.Contains("--page"))
        {
            return await MeasurePageAsync(await Packages.GetReadyToRunAsync(folder), isSmoke) ? 0 : 1;
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
        var isCheap = await JudgeAuthenticationAsync(packages.ReadyToRun, isSmoke);
        if (isSmoke)
        {
            await MeasurePageAsync(packages.ReadyToRun, isSmoke);
            Console.WriteLine("Smoke run: everything ran, nothing was judged.");
            return 0;
        }

        Report.Replace(Path.Combine(Packages.Root, "src", "LambdaChat", "README.md"), "bars", table);
        var missed = parsers.Where(bar => !bar.IsMet).Select(bar => bar.What).ToList();
        missed.ForEach(bar => Console.WriteLine($"missed: {bar}"));
        Console.WriteLine(processes.AreMet ? "better than the naive relay in every row" : "missed: not better than the naive relay in every row");
        var isPageMet = await MeasurePageAsync(packages.ReadyToRun, isSmoke);
        return missed.Count == 0 && processes.AreMet && isCheap && isPageMet ? 0 : 1;
    }

    private static async Task<bool> JudgeAuthenticationAsync(string package, bool isSmoke)
    {
        var bars = await AuthenticationBars.MeasureAsync(package, isSmoke);
        string[] table = [.. Header(), .. ToTable(bars, "ways in")];
        Console.WriteLine(string.Join('\n', table));
        if (!isSmoke)
        {
            Report.Replace(Path.Combine(Packages.Root, "src", "LambdaChat", "README.md"), "authentication-bars", table);
        }

        return bars.All(bar => bar.IsMet);
    }

    private static async Task<bool> MeasurePageAsync(string package, bool isSmoke)
    {
        var measures = await PageBars.MeasureAsync(package, isSmoke);
        string[] table = [$"Measured on {Machine.Name}.", "", .. PageMeasure.ToTable(measures)];
        Console.WriteLine(string.Join('\n', table));
        if (!isSmoke)
        {
            Report.Replace(Path.Combine(Packages.Root, "src", "LambdaChat", "README.md"), "page-bars", table);
            measures.Where(measure => !measure.IsMet).ToList().ForEach(measure => Console.WriteLine($"missed: {measure.What}"));
        }

        return isSmoke || measures.All(measure => measure.IsMet);
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
