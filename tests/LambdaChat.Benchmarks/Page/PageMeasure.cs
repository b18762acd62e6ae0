using LambdaChat.Benchmarks.Bars;

namespace LambdaChat.Benchmarks.Page;

/// <summary>The smoothness of the page during one action of the user.</summary>
/// <param name="What">What the user did.</param>
/// <param name="Frame">The 95th percentile of the times between two frames, in ms.</param>
/// <param name="Task">The longest task of the main thread, in ms; 0 where none took 50.</param>
/// <param name="Heap">The most that JavaScript's heap held, in MB.</param>
internal sealed record PageMeasure(string What, double Frame, double Task, double Heap)
{
    private const double MostFrame = 33.4; // Two frames of 60 a second, as the clock of a browser gives them.
    private const double MostTask = 100;
    private const double MostHeap = 150;

    public bool IsMet => Frame <= MostFrame && Task <= MostTask && Heap <= MostHeap;

    /// <summary>The medians of several measurements of the same action.</summary>
    public static PageMeasure MedianOf(IReadOnlyList<PageMeasure> measures) => new(
        measures[0].What,
        Rounds.Median(measures.Select(measure => measure.Frame)),
        Rounds.Median(measures.Select(measure => measure.Task)),
        Rounds.Median(measures.Select(measure => measure.Heap)));

    public static IEnumerable<string> ToTable(IEnumerable<PageMeasure> measures)
    {
        yield return "| in Chromium | p95 of a frame, ms | longest task, ms | heap, MB |";
        yield return "|---|---|---|---|";
        foreach (var measure in measures)
        {
            var frame = Bar.Mark($"{measure.Frame:0}", measure.Frame > MostFrame);
            var task = Bar.Mark(measure.Task == 0 ? "< 50" : $"{measure.Task:0}", measure.Task > MostTask);
            var heap = Bar.Mark($"{measure.Heap:0}", measure.Heap > MostHeap);
            yield return $"| {measure.What} | {frame} | {task} | {heap} |";
        }

        yield return "| must | ≤ 33 | ≤ 100 | ≤ 150 |";
    }
}
