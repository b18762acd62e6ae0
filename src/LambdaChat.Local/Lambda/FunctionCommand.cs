using System.Diagnostics;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The start command of a function, as in the managed runtime: <c>dotnet</c> runs an assembly; other files are executed.
/// </summary>
internal static class FunctionCommand
{
    private const string DefaultHandler = "LambdaChat";

    /// <exception cref="LocalException">The folder has no function.</exception>
    public static ProcessStartInfo Create(string path, string? handler = null)
    {
        var file = File.Exists(path) ? path : Find(path, handler ?? DefaultHandler);
        var start = new ProcessStartInfo
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetDirectoryName(file)!,
        };
        if (Path.GetExtension(file) == ".dll")
        {
            start.FileName = DotnetHost();
            start.ArgumentList.Add(file);
        }
        else
        {
            start.FileName = file;
        }

        return start;
    }

    private static string Find(string folder, string handler)
    {
        string[] names = [$"{handler}.dll", "bootstrap", handler, $"{handler}.exe"];
        return names.Select(name => Path.Combine(Path.GetFullPath(folder), name)).FirstOrDefault(File.Exists)
            ?? throw new LocalException(
                $"No function found in {folder}. Build src/LambdaChat, or set --function to the folder of a published package.");
    }

    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host) ? host : "dotnet";
}
