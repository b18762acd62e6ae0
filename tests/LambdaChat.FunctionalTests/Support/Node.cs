using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>Runs the scripts in <c>node</c> and its folders, which use independent clients.</summary>
internal static class Node
{
    private static string Directory { get; } =
        typeof(Node).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "NodeDirectory").Value!;

    private static NodeProject Project { get; } = new(Directory, "ci");

    /// <summary>The newest clients of the Responses and the Messages API.</summary>
    public static NodeProject Apis { get; } = new(Path.Combine(Directory, "apis"), "ci");

    /// <summary>The clients of chat pages, and the tools that build pages.</summary>
    public static NodeProject Frontends { get; } = new(Path.Combine(Directory, "frontends"), "ci");

    /// <summary>Codex and Claude Code. Their binaries have 760 MB. Their install scripts are not needed.</summary>
    public static NodeProject CommandLines { get; } = new(Path.Combine(Directory, "cli"), "ci", "--ignore-scripts");

    /// <summary>Runs a script and returns the JSON that it prints.</summary>
    public static async Task<JsonNode> RunAsync(string script, Dictionary<string, string> variables, params string[] arguments) =>
        JsonNode.Parse(await Project.RunAsync(script, variables, arguments))!;

    /// <summary>Starts a script that runs until its standard input closes, and returns the first line that it prints.</summary>
    public static async Task<(Process Process, string Line)> StartAsync(string script)
    {
        await Project.RequireAsync();
        var start =
            new ProcessStartInfo("node", [script])
            {
                WorkingDirectory = Directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true
            };
        var process = Process.Start(start)!;
        using var limit = WaitLimit.Start();
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(limit.Token);
            return (process, line ?? throw new InvalidOperationException($"{script} has ended."));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The path of a file of an installed package.</summary>
    public static async Task<string> FindAsync(string file)
    {
        await Project.RequireAsync();
        return Path.Combine(Directory, "node_modules", file);
    }
}
