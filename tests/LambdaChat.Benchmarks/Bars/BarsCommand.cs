using LambdaChat.Benchmarks.Page;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// <c>bars [--smoke] [--parsers] [--apis] [--prefix] [--processes] [--lambda] [--rehearsal] [--many] [--costs] [--flush-comments]
/// [--authentication] [--telemetry] [--attacks] [--page] [--store] [--packages FOLDER]</c>: measures all or only the part that is named,
/// writes the tables of <c>src/docs/performance.md</c> and <c>src/docs/costs.md</c>, and exits with 1 on a missed bar. The smoke mode runs
/// everything once, checks nothing and writes nothing.
/// </summary>
internal sealed class BarsCommand(bool isSmoke)
{
    private const string Costs = "costs.md";

    private readonly List<string> _missed = [];

    public static async Task<int> RunAsync(string[] args)
    {
        var command = new BarsCommand(args.Contains("--smoke"));
        var folder = args.SkipWhile(arg => arg != "--packages").Skip(1).FirstOrDefault();
        await (args switch
        {
            _ when args.Contains("--parsers") => Task.Run(command.RunParsers),
            _ when args.Contains("--apis") => Task.Run(command.RunApis),
            _ when args.Contains("--prefix") => Task.Run(command.RunPrefix),
            _ when args.Contains("--processes") => command.RunProcessesAsync(await Packages.GetAsync(folder)),
            _ when args.Contains("--lambda") => command.RunLambdaAsync(await Packages.GetAsync(folder)),
            _ when args.Contains("--rehearsal") => command.RunRehearsalAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--costs") => command.RunCostsAsync(await Packages.GetAsync(folder)),
            _ when args.Contains("--many") => command.RunManyAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--flush-comments") => command.RunFlushCommentsAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--authentication") => command.RunAuthenticationAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--telemetry") => command.RunTelemetryAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--attacks") => command.RunAttacksAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--store") => command.RunStoreAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--page") => command.RunPageAsync(await Packages.GetReadyToRunAsync(folder)),
            _ => command.RunAllAsync(await Packages.GetAsync(folder)),
        });
        return command.End();
    }

    private async Task RunAllAsync(Packages packages)
    {
        RunParsers();
        RunApis();
        RunPrefix();
        await RunProcessesAsync(packages);
        await RunRehearsalAsync(packages.ReadyToRun);
        await RunCostsAsync(packages);
        await RunFlushCommentsAsync(packages.ReadyToRun);
        await RunAuthenticationAsync(packages.ReadyToRun);
        await RunTelemetryAsync(packages.ReadyToRun);
        await RunAttacksAsync(packages.ReadyToRun);
        await RunStoreAsync(packages.ReadyToRun);
        await RunPageAsync(packages.ReadyToRun);
    }

    private void RunParsers() => Write("parser-bars", [.. Header(), .. Check(ParserBars.Measure(isSmoke ? 3 : 60), "parsers")]);

    private void RunApis() => Write("api-bars", [.. Header(), .. Check(ApiBars.Measure(isSmoke ? 3 : 60), "APIs")]);

    private void RunPrefix()
    {
        var prefix = PrefixBars.Measure(isSmoke);
        Write("prefix-bars", prefix.Table);
        _missed.AddRange(prefix.Missed);
        Write("prefix-cost-bars", [.. Header(), .. Check(PrefixBars.MeasureCost(isSmoke ? 3 : 600), "order and hint")]);
    }

    private async Task RunProcessesAsync(Packages packages)
    {
        var processes = await ProcessBars.MeasureAsync(packages, isSmoke);
        Write("process-bars", [.. Header(), .. processes.ToTable()]);
        _missed.AddRange(processes.Missed);
    }

    private async Task RunCostsAsync(Packages packages)
    {
        await RunLambdaAsync(packages);
        await RunManyAsync(packages.ReadyToRun);
        Write("cost-replies", [.. CostTables.Replies()], Costs);
        Write("cost-concurrency", [.. CostTables.Concurrency()], Costs);
    }

    // Also writes the costs that follow from the figures, so that both pages have the figures of one run.
    private async Task RunLambdaAsync(Packages packages)
    {
        if (!CanLimitProcessor())
        {
            return;
        }

        var otherWork = Machine.OtherWork();
        var lambda = await LambdaBars.MeasureAsync(packages, isSmoke);
        Write("lambda-bars", [$"Measured on {Machine.Name}; medians of interleaved rounds.{otherWork}", "", .. lambda.ToTable()]);
        Write("repeated-bars", [.. lambda.ToRepeatedTable()]);
        Write("cost-capacity", [.. CostTables.Capacity(lambda)], Costs);
        _missed.AddRange(lambda.Missed);
    }

    private async Task RunRehearsalAsync(string package)
    {
        if (CanLimitProcessor())
        {
            var rehearsal = await RehearsalBars.MeasureAsync(package, isSmoke);
            Write("rehearsal-bars", [.. Header(), .. rehearsal.ToTable()]);
        }
    }

    private static bool CanLimitProcessor()
    {
        if (LambdaBars.Obstacle is { } obstacle)
        {
            Console.WriteLine(obstacle);
            return false;
        }

        return true;
    }

    private async Task RunManyAsync(string package)
    {
        var otherWork = Machine.OtherWork();
        var many = await ManyBars.MeasureAsync(package, isSmoke);
        Write("many-bars", [$"Measured on {Machine.Name}.{otherWork}", "", .. Check(many.Bars, many.Title), "", many.Client]);
        Write("cost-break-even", [.. CostTables.BreakEven(many)], Costs);
    }

    private async Task RunFlushCommentsAsync(string package)
    {
        var comments = await FlushCommentBars.MeasureAsync(package, isSmoke);
        Write("flush-comment-bars", [.. Header(), .. comments.ToTable()]);
        _missed.AddRange(comments.Missed);
    }

    private async Task RunAuthenticationAsync(string package) =>
        Write("authentication-bars", [.. Header(), .. Check(await AuthenticationBars.MeasureAsync(package, isSmoke), "authentication")]);

    private async Task RunTelemetryAsync(string package) =>
        Write("telemetry-bars", [.. Header(), .. Check(await TelemetryBars.MeasureAsync(package, isSmoke), "log line and metrics")]);

    private async Task RunAttacksAsync(string package)
    {
        var attacks = await AttackBars.MeasureAsync(package, isSmoke);
        Write("attack-bars", [$"Measured on {Machine.Name}.", "", .. attacks.ToTable()]);
        _missed.AddRange(attacks.Missed);
    }

    private async Task RunStoreAsync(string package) =>
        Write("store-bars", [.. Header(), .. Check(await StoreBars.MeasureAsync(package, isSmoke), "stored replies")]);

    private async Task RunPageAsync(string package)
    {
        var measures = await PageBars.MeasureAsync(package, isSmoke);
        _missed.AddRange(measures.Where(measure => !measure.IsMet).Select(measure => measure.What));
        Write("page-bars", [$"Measured on {Machine.Name}; medians of rounds.", "", .. PageMeasure.ToTable(measures)]);
    }

    private int End()
    {
        if (isSmoke)
        {
            Console.WriteLine("Smoke run: everything ran, nothing was checked.");
            return 0;
        }

        _missed.ForEach(bar => Console.WriteLine($"missed: {bar}"));
        return _missed.Count == 0 ? 0 : 1;
    }

    private void Write(string block, string[] table, string page = "performance.md")
    {
        Show(table);
        if (!isSmoke)
        {
            Report.Replace(Path.Combine(Packages.Root, "src", "docs", page), block, table);
        }
    }

    private void Show(string[] table) => Console.WriteLine(string.Join('\n', table));

    private string[] Check(IReadOnlyList<Bar> bars, string title)
    {
        _missed.AddRange(bars.Where(bar => !bar.IsMet).Select(bar => bar.What));
        return
        [
            $"| {title} | measured | must | aim |",
            "|---|---|---|---|",
            .. bars.Select(bar => $"| {bar.What} | {bar.Cell} | {bar.Must} | {bar.Aim} |"),
        ];
    }

    private static IEnumerable<string> Header() => [$"Measured on {Machine.Name}; medians of interleaved rounds.", ""];
}
