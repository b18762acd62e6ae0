using System.Diagnostics;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>A client that lists the models and asks for a short chat four times a second while others attack the function.</summary>
internal sealed class Canary(HttpClient client)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs until the other work has ended.</summary>
    /// <returns>The longest time of one request, in ms.</returns>
    public async Task<double> RunAsync(Task other)
    {
        var longest = 0.0;
        do
        {
            longest = Math.Max(longest, await TimeAsync(ListAsync));
            longest = Math.Max(longest, await TimeAsync(ChatAsync));
        }
        while (await Task.WhenAny(other, Task.Delay(Interval)) != other);

        await other;
        return longest;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task ListAsync()
    {
        using var response = await client.GetAsync(new Uri("v1/models", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    private Task ChatAsync() => Contestant.ReadAsync(client, """{"tokens":3,"pace_ms":0}""", _ => { });
}
