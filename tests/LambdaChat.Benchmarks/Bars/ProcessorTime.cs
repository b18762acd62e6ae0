using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// The processor time that another process has used. <see cref="Process.TotalProcessorTime"/> counts it in hundredths of a second; the
/// process's own clock, which Linux lets others read, in nanoseconds. Source:
/// https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
/// </summary>
internal static class ProcessorTime
{
    private const int Precise = 2; // The clock that the scheduler keeps, one of a process's three.

    public static TimeSpan Of(Process process)
    {
        process.Refresh();
        if (!OperatingSystem.IsLinux())
        {
            return process.TotalProcessorTime;
        }

        return ReadClock((~process.Id << 3) | Precise, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : throw new InvalidOperationException($"Process {process.Id} has ended.");
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ReadClock(int clock, out Time time);

    private readonly struct Time
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
