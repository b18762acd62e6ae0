using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>
/// Runs the scripts in <c>node</c>, which use independent clients. Without Node the test is skipped, or fails if CI is true.
/// </summary>
internal static class Node
{
    private static readonly Lazy<Task<string?>> Installation = new(InstallAsync);

    private static string Directory { get; } =
        typeof(Node).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "NodeDirectory").Value!;

    /// <summary>Runs a script and returns the JSON that it prints.</summary>
    public static async Task<JsonNode> RunAsync(string script, Dictionary<string, string> variables, params string[] arguments)
    {
        await RequireAsync();
        var (code, output, error) = await RunAsync("node", [script, .. arguments], variables);
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!;
    }

    /// <summary>Starts a script that runs until its standard input closes, and returns the first line that it prints.</summary>
    public static async Task<(Process Process, string Line)> StartAsync(string script)
    {
        await RequireAsync();
        var start =
            new ProcessStartInfo("node", [script])
            {
                WorkingDirectory = Directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true
            };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return (process, line ?? throw new InvalidOperationException($"{script} has ended."));
    }

    /// <summary>The path of a file of an installed package.</summary>
    public static async Task<string> FindAsync(string file)
    {
        await RequireAsync();
        return Path.Combine(Directory, "node_modules", file);
    }

    private static async Task RequireAsync()
    {
        var missing = await Installation.Value;
        Assert.False(missing is not null && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    // Installs the packages of the lock file once.
    private static async Task<string?> InstallAsync()
    {
        try
        {
            var (code, _, error) = await RunAsync("npm", ["ci", "--no-audit", "--no-fund"], []);
            return code == 0 ? null : $"npm ci failed: {error}";
        }
        catch (Win32Exception)
        {
            return "Node is not installed.";
        }
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(
        string program, string[] arguments, Dictionary<string, string> variables) =>
        ExternalProcess.RunAsync(program, arguments, Directory, variables);
}
