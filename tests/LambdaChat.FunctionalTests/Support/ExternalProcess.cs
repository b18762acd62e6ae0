using System.Diagnostics;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>Runs a program to its end. Kills it at the <see cref="WaitLimit"/>.</summary>
internal static class ExternalProcess
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string program, string[] arguments, string folder, Dictionary<string, string> variables)
    {
        var start =
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.ExitInTimeAsync();
        return (process.ExitCode, await output.InTimeAsync(), await error.InTimeAsync());
    }
}
