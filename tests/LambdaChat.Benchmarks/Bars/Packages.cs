using System.Diagnostics;
using System.Reflection;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The published folders that are measured.</summary>
internal sealed record Packages(string Naive, string ReadyToRun, string Native)
{
    public static string Root { get; } =
        typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Root").Value!;

    /// <summary>
    /// Publishes all three packages, or uses the folders <c>naive</c>, <c>readytorun</c> and <c>native</c> in <paramref name="folder"/>.
    /// </summary>
    public static async Task<Packages> GetAsync(string? folder)
    {
        var parent = folder ?? Path.Combine(Root, "tests", "LambdaChat.Benchmarks", "bin", "packages");
        var packages = new Packages(Path.Combine(parent, "naive"), Path.Combine(parent, "readytorun"), Path.Combine(parent, "native"));
        if (folder is null || !Directory.Exists(packages.Naive))
        {
            await PublishAsync("tests/LambdaChat.Benchmarks/NaiveRelay", packages.Naive);
        }

        if (folder is null)
        {
            await PublishAsync("src/LambdaChat", packages.ReadyToRun);
            await PublishAsync("src/LambdaChat", packages.Native, "-p:PublishAot=true");
        }

        return packages;
    }

    /// <summary>Publishes the function as ReadyToRun, or uses the one in <paramref name="folder"/>.</summary>
    public static async Task<string> GetReadyToRunAsync(string? folder)
    {
        if (folder is not null)
        {
            return Path.Combine(folder, "readytorun");
        }

        var output = Path.Combine(Root, "tests", "LambdaChat.Benchmarks", "bin", "packages", "readytorun");
        await PublishAsync("src/LambdaChat", output);
        return output;
    }

    public static async Task PublishAsync(string project, string output, params string[] options)
    {
        Console.WriteLine($"publishing {project} {string.Join(' ', options)}");
        var start = new ProcessStartInfo("dotnet",
            ["publish", project, "-c", "Release", "-r", "linux-x64", "-o", output, "--nologo", "-v", "quiet", .. options])
        {
            WorkingDirectory = Root,
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{project} cannot be published.");
        }
    }
}
