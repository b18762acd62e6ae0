using System.Globalization;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>The handles and the memory of a process at one moment, as Linux reports them.</summary>
/// <param name="Handles">Its open handles.</param>
/// <param name="Memory">Its resident memory in KiB.</param>
internal sealed record ProcessUse(int ProcessId, int Handles, long Memory)
{
    private const double Growth = 1.1;

    public static ProcessUse Read(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new ProcessUse(
            processId,
            Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length,
            long.Parse(line.AsSpan(6).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture));
    }

    /// <summary>True if the same process uses at most a tenth more than before.</summary>
    public bool IsSteadySince(ProcessUse before) =>
        ProcessId == before.ProcessId && Handles <= Growth * before.Handles && Memory <= Growth * before.Memory;
}
