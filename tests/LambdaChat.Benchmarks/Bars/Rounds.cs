using System.Diagnostics;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Measures several implementations of the same work: each round runs every implementation once, so that a slower machine slows all of
/// them. The result is the ratio within a round, as the median over the rounds.
/// </summary>
internal sealed class Rounds(int rounds)
{
    private const int WarmUps = 3;

    private readonly List<(string Name, Action Work)> _ways = [];
    private readonly Dictionary<string, List<double>> _seconds = [];

    public void Add(string name, Action work)
    {
        _ways.Add((name, work));
        _seconds[name] = [];
    }

    public void Run()
    {
        for (var phase = 0; phase < WarmUps; phase++)
        {
            WarmUp();
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, work) in _ways)
            {
                var start = Stopwatch.GetTimestamp();
                work();
                _seconds[name].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
    }

    /// <summary>How many times as long as <paramref name="name"/> the other way took.</summary>
    public double Ratio(string other, string name) =>
        Median(_seconds[other].Zip(_seconds[name], (a, b) => a / b));

    public double MedianSeconds(string name) => Median(_seconds[name]);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    // The runtime compiles a method twice again, each time after a pause: first to count its branches, then with these counts.
    private void WarmUp()
    {
        foreach (var (_, work) in _ways)
        {
            for (var i = 0; i < 1 + (rounds / WarmUps); i++)
            {
                work();
            }
        }

        Thread.Sleep(300);
    }
}
