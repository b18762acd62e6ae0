using System.Runtime.InteropServices;
using LambdaChat.Local;
using LambdaChat.Local.Hosting;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    if (CommandLine.AsksForHelp(args))
    {
        Console.WriteLine(LocalOptions.Usage);
        return 0;
    }

    var options = LocalOptions.Parse(args);
    await using var run = new LocalRun(options, Console.WriteLine);
    await run.StartAsync(stop.Token);
    await (options.IsChild ? WaitForEndOfInputAsync() : Task.Delay(Timeout.Infinite, stop.Token));
    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}
catch (LocalException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

// The parent process holds the other end of the pipe, which closes when the parent ends.
static async Task WaitForEndOfInputAsync()
{
    using var input = Console.OpenStandardInput();
    while (await input.ReadAsync(new byte[64]) > 0)
    {
    }
}
