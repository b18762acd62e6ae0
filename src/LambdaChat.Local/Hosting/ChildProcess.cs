using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace LambdaChat.Local.Hosting;

/// <summary>A child process. Its output lines go to a log.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private long _peakMemory;
    private bool _isDisposed;

    private ChildProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Exited = WaitAsync();
    }

    public int Id { get; }

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited { get; }

    /// <summary>Peak resident memory in bytes. After the process has ended, the last sample.</summary>
    public long PeakMemory
    {
        get
        {
            SamplePeakMemory();
            return _peakMemory;
        }
    }

    /// <exception cref="LocalException">The program is missing or not executable.</exception>
    public static ChildProcess Start(ProcessStartInfo start, Action<string> log)
    {
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Write(line.Data, log);
        process.ErrorDataReceived += (_, line) => Write(line.Data, log);
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            process.Dispose();
            throw new LocalException($"{start.FileName} cannot be started. Check that it is installed and executable.");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>Updates <see cref="PeakMemory"/>; not available after the process has ended.</summary>
    public void SamplePeakMemory() => _peakMemory = Math.Max(_peakMemory, ReadPeakMemory());

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // The process, or one that it has started, has already ended.
        }
    }

    // The end of an environment and that of all environments can come at the same time. Process is not thread-safe.
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            _process.Dispose();
        }
    }

    private static void Write(string? line, Action<string> log)
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

    // Linux only.
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
