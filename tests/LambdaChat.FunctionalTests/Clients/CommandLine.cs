using System.Diagnostics;
using System.Runtime.InteropServices;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// Runs a command line client in an empty home directory, with its own environment variables only. Its connections to any host except the
/// Lambda emulator go to a proxy that does not exist. The command <c>example</c>, which the scripted model calls, prints <see
/// cref="Printed"/>.
/// </summary>
internal sealed class CommandLine : IDisposable
{
    public const string Printed = "the command has run";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lambdachat-");

    public CommandLine()
    {
        var command = Path.Combine(CreateFolder("bin"), "example");
        File.WriteAllText(command, $"#!/bin/sh\necho {Printed}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        File.WriteAllText(Path.Combine(_home.FullName, ".profile"), "PATH=$HOME/bin:$PATH\n"); // Codex runs a login shell.
        CreateFolder("work");
    }

    /// <summary>The processor as npm names it.</summary>
    public static string Processor => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";

    /// <summary>What the programs read from their standard input.</summary>
    public string Input { get; init; } = "";

    public string CreateFolder(string name) => _home.CreateSubdirectory(name).FullName;

    /// <param name="program">The program, in the folder of the installed packages.</param>
    /// <param name="variables">Variables beside those of the process.</param>
    /// <param name="arguments">The arguments.</param>
    public async Task<(int Code, string Output, string Error)> RunAsync(
        string program, Dictionary<string, string> variables, params string[] arguments)
    {
        await Node.CommandLines.RequireAsync();
        var start = new ProcessStartInfo(Path.Combine(Node.CommandLines.Folder, "node_modules", program), arguments)
        {
            WorkingDirectory = Path.Combine(_home.FullName, "work"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in variables.Concat(Surroundings()))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(Input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var limit = WaitLimit.Start();
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.HasExited ? process.ExitCode : -1, await output, await error);
    }

    public void Dispose() => _home.Delete(recursive: true);

    private Dictionary<string, string> Surroundings() => new()
    {
        ["HOME"] = _home.FullName,
        ["PATH"] = $"{Path.Combine(_home.FullName, "bin")}:{Environment.GetEnvironmentVariable("PATH")}",
        ["SHELL"] = "/bin/bash",
        ["HTTPS_PROXY"] = "http://127.0.0.1:9", // The discard port: nothing listens there.
        ["NO_PROXY"] = "127.0.0.1",
    };
}
