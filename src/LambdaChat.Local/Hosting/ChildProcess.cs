using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace LambdaChat.Local.Hosting;

/// <summary>A process that belongs to this one: its lines go to a log, and it is ended with its owner.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private long _peakMemory;

    private ChildProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Exited = WaitAsync();
    }

    public int Id { get; }

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited { get; }

    /// <summary>Most bytes of memory that the process had resident, as far as it can still be asked.</summary>
    public long PeakMemory
    {
        get
        {
            SamplePeakMemory();
            return _peakMemory;
        }
    }

    /// <exception cref="LocalException">The program is not there.</exception>
    public static ChildProcess Start(ProcessStartInfo start, Action<string> log)
    {
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Pass(line.Data, log);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, log);
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            process.Dispose();
            throw new LocalException($"{start.FileName} cannot be started: is it installed, and can it be executed?");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>Notes the peak so far, since an ended process cannot be asked.</summary>
    public void SamplePeakMemory() => _peakMemory = Math.Max(_peakMemory, ReadPeakMemory());

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public void Dispose() => _process.Dispose();

    private static void Pass(string? line, Action<string> log)
    {
        if (line is not null)
        {
            log(line);
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    // Linux tells the peak itself.
    private long ReadPeakMemory()
    {
        try
        {
            var line = File.ReadLines($"/proc/{Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.AsSpan(6).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
