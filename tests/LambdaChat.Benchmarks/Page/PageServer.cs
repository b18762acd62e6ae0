using System.Diagnostics;
using LambdaChat.Benchmarks.Bars;
using LambdaChat.Local;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Benchmarks.Page;

/// <summary>
/// The function between its emulators, in processes of the lowest priority: where the page is used, they do not take processor time from
/// the browser.
/// </summary>
internal sealed class PageServer : IDisposable
{
    private const string PageLine = "Chat page:";

    private readonly ChildProcess _process;

    private PageServer(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>The page's address with a key.</summary>
    public Uri Address { get; }

    public static async Task<PageServer> StartAsync(string package)
    {
        var announced = new TaskCompletionSource<Uri>();
        string[] arguments =
        [
            "-n", "19", "dotnet", typeof(LocalRun).Assembly.Location, "--function", package, "--port", "0", "--key", Contestant.Key,
            "--concurrency", "1", "--logs", "raw",
        ];
        var start = new ProcessStartInfo("nice", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = ChildProcess.Start(start, line =>
        {
            if (line.StartsWith(PageLine, StringComparison.Ordinal))
            {
                announced.TrySetResult(new Uri(line[PageLine.Length..].Trim()));
            }
        });
        return new PageServer(process, await announced.Task);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
