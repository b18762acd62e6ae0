using System.Diagnostics;
using LambdaChat.Local.Lambda;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>One function behind the Lambda emulator. Its processor time is read before and after replies.</summary>
internal sealed class ReplyCost : IAsyncDisposable
{
    private readonly LocalLambda _lambda;
    private readonly HttpClient _client;

    private ReplyCost(LocalLambda lambda)
    {
        _lambda = lambda;
        _client = Contestant.CreateClient(lambda);
    }

    public static async Task<ReplyCost> StartAsync(string package, Uri sageMaker, IEnumerable<KeyValuePair<string, string>> variables) =>
        new(await Contestant.StartAsync(package, sageMaker, _ => { }, maxEnvironments: 1, variables));

    /// <summary>Seconds of processor time for sequential replies of 200 tokens, sent in bursts.</summary>
    public async Task<double> MeasureAsync(int replies)
    {
        await _lambda.WarmUpAsync(CancellationToken.None);
        using var process = Process.GetProcessById(_lambda.Environments.All.Single().ProcessId);
        var before = ProcessorTime.Of(process);
        for (var i = 0; i < replies; i++)
        {
            await Contestant.ReadAsync(_client, """{"tokens":200,"burst":true,"pace_ms":0}""", _ => { });
        }

        return (ProcessorTime.Of(process) - before).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _lambda.DisposeAsync();
    }
}
