using LambdaChat.Benchmarks.Bars;

namespace LambdaChat.Benchmarks.Startup;

/// <summary>
/// <c>profile</c>: publishes the function without profiles, and writes two of them: <c>src/LambdaChat/startup.mibc</c> lists the methods
/// that the JIT compiles before the first replies have ended, and <c>src/LambdaChat/libraries.mibc</c> the methods of the libraries that
/// the function uses. It starts the function several times, because the methods depend on timing.
/// <c>profile --check FOLDER</c>: exits with 1 if the JIT compiles more methods of the package in the folder than the maximum.
/// </summary>
internal static class ProfileCommand
{
    private const int Starts = 5;
    private const int MaximumCompiled = 300; // 740 without a profile and 250 with a fresh one. With 300, warm requests take longer.

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("lambdachat-profile-").FullName;
        try
        {
            return args is ["--check", var package] ? await CheckAsync(package, folder) : await RecordAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> CheckAsync(string package, string folder)
    {
        var methods = await new ProfiledRuns(package, folder).ListStartAsync(starts: 1);
        Console.WriteLine($"The JIT compiled {methods.Count} methods. The maximum is {MaximumCompiled}.");
        return methods.Count <= MaximumCompiled ? 0 : 1;
    }

    private static async Task<int> RecordAsync(string folder)
    {
        var package = Path.Combine(folder, "package");
        await Packages.PublishAsync("src/LambdaChat", package, "-p:StartupProfile=none", "-p:LibraryProfile=none");
        var runs = new ProfiledRuns(package, folder);
        using var program = new DefinedTypes(DefinedTypes.Framework, [Path.Combine(package, "LambdaChat.dll")]);
        Write("startup.mibc", program, await runs.ListStartAsync(Starts));

        var dependencies = Directory.EnumerateFiles(package, "*.dll").Order(StringComparer.Ordinal)
            .Where(path => !Path.GetFileName(path).StartsWith("LambdaChat.", StringComparison.Ordinal)).ToList();
        using var libraries = new DefinedTypes(dependencies, []);
        using var all = new DefinedTypes(dependencies, DefinedTypes.Framework);
        var used = await runs.ListLibrariesAsync();
        Write("libraries.mibc", all, [.. used.Where(method => method.Types.Any(type => libraries.Find(type).Count > 0))]);
        return 0;
    }

    private static void Write(string name, DefinedTypes types, IReadOnlyList<JitMethod> methods)
    {
        var mibc = new Mibc(types);
        var count = methods.Count(mibc.TryAdd);
        var path = Path.Combine(Packages.Root, "src", "LambdaChat", name);
        mibc.Write(path);
        Console.WriteLine($"{count} of {methods.Count} methods are in {path}.");
    }
}
