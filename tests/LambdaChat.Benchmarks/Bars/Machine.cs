using System.Globalization;
using System.Runtime.InteropServices;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The machine of the measurements.</summary>
internal static class Machine
{
    public static string Name =>
        $"{Environment.ProcessorCount} cores of {Processor()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>A sentence on the other work of the machine; empty if it has none.</summary>
    public static string OtherWork()
    {
        const string Averages = "/proc/loadavg";
        var load = File.Exists(Averages) ? double.Parse(File.ReadAllText(Averages).Split(' ')[0], CultureInfo.InvariantCulture) : 0;
        return load < Environment.ProcessorCount / 2.0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $" Other work shared the machine (load average {load:0}): compare columns, not figures.");
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                    ?? "an unnamed processor"
            : RuntimeInformation.ProcessArchitecture.ToString();
}
