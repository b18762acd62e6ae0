using LambdaChat.Benchmarks.Page;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// <c>bars [--smoke] [--parsers] [--apis] [--prefix] [--processes] [--lambda] [--many] [--costs] [--flush-comments] [--authentication]
/// [--telemetry] [--attacks] [--page] [--store] [--packages FOLDER]</c>: measures all or only the part that is named, writes the tables of
/// <c>src/docs/performance.md</c> and <c>src/docs/costs.md</c>, and exits with 1 on a missed bar. The smoke mode runs everything once,
/// checks nothing and writes nothing.
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
            _ when args.Contains("--parsers") => Task.Run(command.JudgeParsers),
            _ when args.Contains("--apis") => Task.Run(command.JudgeApis),
            _ when args.Contains("--prefix") => Task.Run(command.JudgePrefix),
            _ when args.Contains("--processes") => command.JudgeProcessesAsync(await Packages.GetAsync(folder)),
            _ when args.Contains("--lambda") => command.JudgeLambdaAsync(await Packages.GetAsync(folder)),
            _ when args.Contains("--costs") => command.JudgeCostsAsync(await Packages.GetAsync(folder)),
            _ when args.Contains("--many") => command.JudgeManyAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--flush-comments") => command.JudgeFlushCommentsAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--authentication") => command.JudgeAuthenticationAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--telemetry") => command.JudgeTelemetryAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--attacks") => command.JudgeAttacksAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--store") => command.JudgeStoreAsync(await Packages.GetReadyToRunAsync(folder)),
            _ when args.Contains("--page") => command.JudgePageAsync(await Packages.GetReadyToRunAsync(folder)),
            _ => command.JudgeAllAsync(await Packages.GetAsync(folder)),
        });
        return command.End();
    }

    private async Task JudgeAllAsync(Packages packages)
    {
        JudgeParsers();
        JudgeApis();
        JudgePrefix();
        await JudgeProcessesAsync(packages);
        await JudgeCostsAsync(packages);
        await JudgeFlushCommentsAsync(packages.ReadyToRun);
        await JudgeAuthenticationAsync(packages.ReadyToRun);
        await JudgeTelemetryAsync(packages.ReadyToRun);
        await JudgeAttacksAsync(packages.ReadyToRun);
        await JudgeStoreAsync(packages.ReadyToRun);
        await JudgePageAsync(packages.ReadyToRun);
    }

    private void JudgeParsers() => Write("parser-bars", [.. Header(), .. Judge(ParserBars.Measure(isSmoke ? 3 : 60), "parsers")]);

    private void JudgeApis() => Write("api-bars", [.. Header(), .. Judge(ApiBars.Measure(isSmoke ? 3 : 60), "APIs")]);

    private void JudgePrefix()
    {
        var prefix = PrefixBars.Measure(isSmoke);
        Write("prefix-bars", prefix.Table);
        _missed.AddRange(prefix.Missed);
        Write("prefix-cost-bars", [.. Header(), .. Judge(PrefixBars.MeasureCost(isSmoke ? 3 : 600), "order and hint")]);
    }

    private async Task JudgeProcessesAsync(Packages packages)
    {
        var processes = await ProcessBars.MeasureAsync(packages, isSmoke);
        Write("process-bars", [.. Header(), .. processes.ToTable()]);
        _missed.AddRange(processes.Missed);
    }

    // The costs follow from the figures of both.
    private async Task JudgeCostsAsync(Packages packages)
    {
        var lambda = await JudgeLambdaAsync(packages);
        var many = await JudgeManyAsync(packages.ReadyToRun);
        Write("cost-replies", [.. CostTables.Replies()], Costs);
        Write("cost-capacity", lambda is null ? [LambdaBars.Obstacle ?? ""] : [.. CostTables.Capacity(lambda)], Costs);
        Write("cost-break-even", [.. CostTables.BreakEven(many)], Costs);
        Write("cost-concurrency", [.. CostTables.Concurrency()], Costs);
    }

    private async Task<LambdaBars?> JudgeLambdaAsync(Packages packages)
    {
        if (LambdaBars.Obstacle is { } obstacle)
        {
            Console.WriteLine(obstacle);
            return null;
        }

        var otherWork = Machine.OtherWork();
        var lambda = await LambdaBars.MeasureAsync(packages, isSmoke);
        Write("lambda-bars", [$"Measured on {Machine.Name}; medians of interleaved rounds.{otherWork}", "", .. lambda.ToTable()]);
        _missed.AddRange(lambda.Missed);
        return lambda;
    }

    private async Task<ManyBars> JudgeManyAsync(string package)
    {
        var otherWork = Machine.OtherWork();
        var many = await ManyBars.MeasureAsync(package, isSmoke);
        Write("many-bars", [$"Measured on {Machine.Name}.{otherWork}", "", .. Judge(many.Bars, many.Title), "", many.Client]);
        return many;
    }

    private async Task JudgeFlushCommentsAsync(string package)
    {
        var comments = await FlushCommentBars.MeasureAsync(package, isSmoke);
        Write("flush-comment-bars", [.. Header(), .. comments.ToTable()]);
        _missed.AddRange(comments.Missed);
    }

    private async Task JudgeAuthenticationAsync(string package) =>
        Write("authentication-bars", [.. Header(), .. Judge(await AuthenticationBars.MeasureAsync(package, isSmoke), "authentication")]);

    private async Task JudgeTelemetryAsync(string package) =>
        Write("telemetry-bars", [.. Header(), .. Judge(await TelemetryBars.MeasureAsync(package, isSmoke), "log line and metrics")]);

    private async Task JudgeAttacksAsync(string package)
    {
        var attacks = await AttackBars.MeasureAsync(package, isSmoke);
        Write("attack-bars", [$"Measured on {Machine.Name}.", "", .. attacks.ToTable()]);
        _missed.AddRange(attacks.Missed);
    }

    private async Task JudgeStoreAsync(string package) =>
        Write("store-bars", [.. Header(), .. Judge(await StoreBars.MeasureAsync(package, isSmoke), "stored replies")]);

    private async Task JudgePageAsync(string package)
    {
        var measures = await PageBars.MeasureAsync(package, isSmoke);
        _missed.AddRange(measures.Where(measure => !measure.IsMet).Select(measure => measure.What));
        Write("page-bars", [$"Measured on {Machine.Name}; medians of rounds.", "", .. PageMeasure.ToTable(measures)]);
    }

    private int End()
    {
        if (isSmoke)
        {
            Console.WriteLine("Smoke run: everything ran, nothing was judged.");
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

    private string[] Judge(IReadOnlyList<Bar> bars, string title)
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
