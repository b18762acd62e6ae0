using System.ComponentModel;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>
/// A folder with scripts and the packages that its lock file names. They stay installed until the lock file changes. Without Node the test
/// is skipped, or fails if CI is true.
/// </summary>
internal sealed class NodeProject
{
    private readonly Lazy<Task<string?>> _installation;

    /// <param name="folder">The folder.</param>
    /// <param name="install">The command that installs the packages.</param>
    public NodeProject(string folder, params string[] install)
    {
        Folder = folder;
        _installation = new(() => InstallAsync(install));
    }

    public string Folder { get; }

    public async Task RequireAsync()
    {
        var missing = await _installation.Value;
        Assert.False(missing is not null && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    /// <summary>Runs a script and returns what it printed.</summary>
    public async Task<string> RunAsync(string script, Dictionary<string, string> variables, params string[] arguments)
    {
        await RequireAsync();
        var (code, output, error) = await ExternalProcess.RunAsync("node", [script, .. arguments], Folder, variables);
        Assert.True(code == 0, error);
        return output;
    }

    private async Task<string?> InstallAsync(string[] install)
    {
        // npm writes its copy of the lock file when it has installed everything.
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            return null;
        }

        try
        {
            var (code, _, error) = await ExternalProcess.RunAsync("npm", [.. install, "--no-audit", "--no-fund"], Folder, []);
            return code == 0 ? null : $"npm {string.Join(' ', install)} failed: {error}";
        }
        catch (Win32Exception)
        {
            return "Node is not installed.";
        }
    }
}
