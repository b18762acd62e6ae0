using System.Diagnostics;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// How a function is started, as the managed runtime does: an assembly by <c>dotnet</c>, anything else as it is.
/// </summary>
internal static class FunctionCommand
{
    private const string DefaultHandler = "LambdaChat";

    /// <exception cref="LocalException">There is nothing to start.</exception>
    public static ProcessStartInfo Create(string path, string? handler = null)
    {
        var file = File.Exists(path) ? path : Find(path, handler ?? DefaultHandler);
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Path.GetDirectoryName(file)! };
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
            ?? throw new LocalException($"There is no function in {folder}: build src/LambdaChat, or name a published folder with --function.");
    }

    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host) ? host : "dotnet";
}
