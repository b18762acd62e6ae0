using System.Text.Json;
using Microsoft.Playwright;

namespace LambdaChat.Benchmarks.Page;

/// <summary>Measures frames, long tasks and the heap of a page during an action.</summary>
internal static class PageProbe
{
    /// <summary>The script that runs before the scripts of the page.</summary>
    public const string Script = """
        window.probe = { frames: [], tasks: [], heap: 0, last: 0 };
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => probe.tasks.push(entry.duration))).observe({ type: "longtask" });
        const frame = (now) => {
          if (probe.last) probe.frames.push(now - probe.last);
          probe.last = now;
          probe.heap = Math.max(probe.heap, performance.memory.usedJSHeapSize);
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
        """;

    private const string Reset = "() => Object.assign(probe, { frames: [], tasks: [], heap: 0, last: 0 })";

    // Long tasks are reported shortly after they end.
    private const string Read = """
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 500));
          return JSON.stringify({ frames: probe.frames, task: Math.max(0, ...probe.tasks), heap: probe.heap });
        }
        """;

    public static async Task<PageMeasure> RunAsync(IPage page, string what, Func<Task> work)
    {
        await page.EvaluateAsync(Reset);
        await work();
        using var json = JsonDocument.Parse(await page.EvaluateAsync<string>(Read));
        var frames = json.RootElement.GetProperty("frames").EnumerateArray().Select(frame => frame.GetDouble()).Order().ToList();
        var frame = Math.Round(frames[frames.Count * 95 / 100], 1); // The clock of the browser has steps of 0.1 ms.
        return new PageMeasure(what, frame, json.RootElement.GetProperty("task").GetDouble(),
            json.RootElement.GetProperty("heap").GetDouble() / 1_000_000);
    }
}
