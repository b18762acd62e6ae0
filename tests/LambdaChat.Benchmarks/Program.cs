using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LambdaChat.Benchmarks.Bars;
using LambdaChat.Benchmarks.Soak;
using LambdaChat.Benchmarks.Startup;

if (args is ["bars", ..])
{
    return await BarsCommand.RunAsync(args[1..]);
}

if (args is ["soak", ..])
{
    return await SoakCommand.RunAsync(args[1..]);
}

if (args is ["profile", ..])
{
    return await ProfileCommand.RunAsync(args[1..]);
}

// "--smoke" runs each benchmark once, in this process; everything else is BenchmarkDotNet's.
var isSmoke = args.Contains("--smoke");
var config = isSmoke ? DefaultConfig.Instance.AddJob(Job.Dry.WithToolchain(InProcessEmitToolchain.Instance)) : DefaultConfig.Instance;
var options = isSmoke ? ["--filter", "*"] : args;
var summaries = BenchmarkSwitcher.FromAssembly(typeof(BarsCommand).Assembly).Run(options, config).ToList();
return summaries.Count > 0 && summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
