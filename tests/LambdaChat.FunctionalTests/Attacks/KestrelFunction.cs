using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>The function as a Kestrel server in a separate process, outside Lambda.</summary>
internal sealed class KestrelFunction : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly ChildProcess _process;

    private KestrelFunction(ChildProcess process, Uri url, Log log)
    {
        _process = process;
        Url = url;
        Log = log;
    }

    public Uri Url { get; }

    public Log Log { get; }

    /// <param name="variables">The environment variables; null for the default ones.</param>
    public static async Task<KestrelFunction> StartAsync(Uri sageMaker, IReadOnlyDictionary<string, string>? variables = null)
    {
        var log = new Log();
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var (name, value) in variables ?? FunctionFixture.Variables(sageMaker))
        {
            start.Environment[name] = value;
        }

        var process = ChildProcess.Start(start, log.Write);
        var line = await log.WaitForAsync(Listening);
        return new KestrelFunction(
            process, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split('"')[0]), log);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.Exited.InTimeAsync();
        _process.Dispose();
    }
}
