using System.Runtime.InteropServices;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The machine of the measurements.</summary>
internal static class Machine
{
    public static string Name =>
        $"{Environment.ProcessorCount} cores of {Processor()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                    ?? "an unnamed processor"
            : RuntimeInformation.ProcessArchitecture.ToString();
}
