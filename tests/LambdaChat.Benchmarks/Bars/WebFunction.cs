using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The function as a web server in a separate process.</summary>
internal sealed class WebFunction : IAsyncDisposable
{
    public const string CanaryKey = "canary";

    private const string Listening = "Now listening on: ";
    private readonly ChildProcess _process;

    private WebFunction(ChildProcess process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public static async Task<WebFunction> StartAsync(
        string package, Uri sageMaker, params IEnumerable<KeyValuePair<string, string>> variables)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = FunctionCommand.Create(package);
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var (name, value) in Contestant.Options(package, sageMaker, variables).Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["API_KEYS"] += $",canary={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanaryKey)))}";
        var process = ChildProcess.Start(start, line =>
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var found and >= 0)
            {
                listening.TrySetResult(new Uri(line[(found + Listening.Length)..].Split('"')[0]));
            }
        });
        return new WebFunction(process, await listening.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>The processor time and the peak memory in bytes so far.</summary>
    public (TimeSpan Processor, long Memory) Use()
    {
        using var process = Process.GetProcessById(_process.Id);
        return (ProcessorTime.Of(process), _process.PeakMemory);
    }

    public HttpClient CreateClient(string key)
    {
        var client = new HttpClient { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.Exited;
        _process.Dispose();
    }
}
