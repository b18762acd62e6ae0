using System.Diagnostics;
using LambdaChat.Local;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The SageMaker emulator in a separate process, so that it does not use this process's time.</summary>
internal sealed class EmulatorProcess : IDisposable
{
    // 128 MiB, in hexadecimal, for the garbage collector's generation 0. With the default, its pauses of up to 80 ms are measured as the
    // relay's.
    private const string Gen0Size = "8000000";

    private readonly ChildProcess _process;

    private EmulatorProcess(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>The processor time so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            using var process = Process.GetProcessById(_process.Id);
            return ProcessorTime.Of(process);
        }
    }

    public static async Task<EmulatorProcess> StartAsync()
    {
        var announced = new TaskCompletionSource<Uri>();
        var start = new ProcessStartInfo("dotnet", [typeof(LocalRun).Assembly.Location, "--only", "sagemaker", "--child", "true"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCgen0size"] = Gen0Size;
        var process = ChildProcess.Start(start, line => announced.TrySetResult(new Uri(line.Split(' ')[2])));
        return new EmulatorProcess(process, await announced.Task);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
