using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The costs of replies on Lambda and in one process with many streams, from prices and measured figures.</summary>
internal static class CostTables
{
    private const double TokensPerSecond = 50;
    private const double FirstToken = 1; // Seconds from the request to the first token.
    private const int UsualReply = 1_000; // Tokens.
    private const double MaximumUse = 0.5; // The share of a processor that streams may use, so that tokens do not wait.

    private static readonly int[] Sizes = [128, 256, 512, 1024, 1769];
    private static readonly int[] Lengths = [100, 1_000, 4_000];

    /// <summary>USD for 1,000 replies, by memory size and length.</summary>
    public static IEnumerable<string> Replies()
    {
        yield return $"| 1,000 replies of | billed | {string.Join(" | ", Sizes.Select(size => $"{size} MB"))} |";
        yield return $"|---|---|{string.Concat(Sizes.Select(_ => "---|"))}";
        foreach (var length in Lengths)
        {
            yield return $"| {Count(length)} tokens | {Seconds(length):0} s each | "
                + $"{string.Join(" | ", Sizes.Select(size => Dollars(1_000 * Reply(size, length))))} |";
        }
    }

    /// <summary>
    /// The tokens per second of each memory size with its share of a core, from the measured processor time of the packages.
    /// </summary>
    public static IEnumerable<string> Capacity(LambdaBars lambda)
    {
        yield return "| memory size | share of a core | tokens a second, ReadyToRun | tokens a second, native AOT |";
        yield return "|---|---|---|---|";
        foreach (var size in Sizes)
        {
            var share = Local.Lambda.ControlGroup.ShareOf(size);
            yield return $"| {size} MB | {Percent(share)} | {Rate(share, lambda.ReadyToRun)} | {Rate(share, lambda.Native)} |";
        }

        yield return "";
        yield return $"The ReadyToRun package used {Number(lambda.ReadyToRun.Cpu)} ms of processor time per 1,000 tokens and "
            + $"{Number(lambda.ReadyToRun.Memory)} MiB of memory, the native package {Number(lambda.Native.Cpu)} ms and "
            + $"{Number(lambda.Native.Memory)} MiB.";
    }

    /// <summary>
    /// The replies per day from which a process that is always on costs less than Lambda, and the streams that it can serve.
    /// </summary>
    public static IEnumerable<string> BreakEven(ManyBars many)
    {
        yield return $"| always on | USD a month | streams by processor | streams by memory | "
            + $"{string.Join(" | ", Sizes.Select(size => $"{size} MB"))} |";
        yield return $"|---|---|---|---|{string.Concat(Sizes.Select(_ => "---|"))}";
        yield return Always("Fargate, 0.25 vCPU and 0.5 GB, load balancer", Prices.FargateMonth, 0.25, 512, many);
        yield return Always("Managed Instances, one c7i.large", Prices.InstanceMonth, 2, 4096, many);
        yield return "";
        yield return $"A stream used {Number(many.Kilobytes)} KiB of memory and an event {Number(many.Microseconds)} µs of processor time.";
    }

    /// <summary>The replies that a quota of concurrent executions allows.</summary>
    public static IEnumerable<string> Concurrency()
    {
        yield return "| quota of concurrent executions | replies at once | replies of 1,000 tokens an hour |";
        yield return "|---|---|---|";
        foreach (var quota in (int[])[10, 100, 1_000])
        {
            yield return $"| {Count(quota)} | {Count(quota)} | {Count(quota * 3600 / Seconds(UsualReply))} |";
        }
    }

    private static string Always(string what, double month, double processors, int memory, ManyBars many)
    {
        var byProcessor = processors * MaximumUse * 1_000_000 / (many.Microseconds * TokensPerSecond);
        var byMemory = ((memory * 0.8) - many.Base) * 1024 / many.Kilobytes;
        var perDay = Sizes.Select(size => Count(month / Prices.DaysPerMonth / Reply(size, UsualReply)));
        return $"| {what} | {Dollars(month)} | {Count(byProcessor)} | {Count(byMemory)} | {string.Join(" | ", perDay)} |";
    }

    private static double Seconds(int length) => FirstToken + (length / TokensPerSecond);

    private static double Reply(int size, int length) =>
        (Seconds(length) * size / 1024 * Prices.LambdaGigabyteSecond) + Prices.LambdaRequest;

    private static string Rate(double share, (double Cpu, double Memory) use) =>
        Count(share * MaximumUse * 1_000_000 / use.Cpu);

    private static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    private static string Dollars(double value) => value.ToString(value < 1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
