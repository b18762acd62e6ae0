using System.Diagnostics;
using System.Globalization;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>Many streams at once in one process with Kestrel: memory per stream, processor time per event, and the age of tokens.</summary>
internal sealed class ManyBars
{
    private const int Pace = 50; // In ms: 20 tokens a second.
    private const string MostConnections = "4000";

    /// <summary>The streams and their rate.</summary>
    public required string Title { get; init; }

    public required IReadOnlyList<Bar> Bars { get; init; }

    /// <summary>The shares of the client and the model server in the processor time.</summary>
    public required string Client { get; init; }

    /// <summary>Memory per stream, in KiB.</summary>
    public required double Kilobytes { get; init; }

    /// <summary>Processor time per event, in µs.</summary>
    public required double Microseconds { get; init; }

    /// <summary>Memory without streams, in MiB.</summary>
    public required double Base { get; init; }

    /// <param name="package">The function as ReadyToRun.</param>
    public static async Task<ManyBars> MeasureAsync(string package, bool isSmoke)
    {
        var (count, tokens, ramp) = isSmoke ? (20, 10, 0.2) : (1_000, 400, 3.0);
        using var emulator = await EmulatorProcess.StartAsync();
        await WarmUpAsync(package, emulator.Address, count, TimeSpan.FromSeconds(ramp));
        await using var function = await StartAsync(package, emulator.Address);
        await new ManyStream(function.Url, tokens: 20, pace: 0).RunAsync();

        using var client = Process.GetCurrentProcess();
        var (before, ownBefore, serverBefore) = (function.Use(), ProcessorTime.Of(client), emulator.Processor);
        var streams = Enumerable.Range(0, count).Select(_ => new ManyStream(function.Url, tokens, Pace)).ToArray();
        var start = Stopwatch.GetTimestamp();
        await RunAsync(streams, TimeSpan.FromSeconds(ramp));
        var (after, own, server) = (function.Use(), ProcessorTime.Of(client) - ownBefore, emulator.Processor - serverBefore);
        if (streams.Any(stream => !stream.IsComplete || stream.Tokens != tokens))
        {
            throw new InvalidOperationException("A stream has lost events.");
        }

        var settled = start + (long)(ramp * Stopwatch.Frequency);
        var ages = streams.SelectMany(stream => stream.AgesSince(settled)).ToList();
        var firstBytes = streams.Select(stream => stream.FirstByte - Pace).ToList(); // A reply starts with its first token.
        var processor = after.Processor - before.Processor;
        var kilobytes = (after.Memory - before.Memory) / 1024.0 / count;
        var microseconds = processor.TotalMicroseconds / (count * tokens);
        return new ManyBars
        {
            Kilobytes = kilobytes,
            Microseconds = microseconds,
            Base = before.Memory / (1024.0 * 1024),
            Title = string.Create(CultureInfo.InvariantCulture, $"{count:N0} streams of 20 tokens a second"),
            Client = string.Create(
                CultureInfo.InvariantCulture,
                $"The client used {own.TotalSeconds:0.0} s of processor time, the model server {server.TotalSeconds:0.0} s, " +
                $"the function {processor.TotalSeconds:0.0} s."),
            Bars =
            [
                new Bar("memory per stream, KiB", kilobytes, "0", Limit: 100, IsAtLeast: false, "48"),
                new Bar("CPU per event, µs", microseconds, "0", Limit: 66, IsAtLeast: false, "45"),
                Age("age of a token, p50, ms", ages, 0.5, limit: 5, "1"),
                Age("age of a token after the ramp, p99, ms", ages, 0.99, limit: 50, "15"),
                Age("first byte while the streams start, without the model server's pace, p99, ms", firstBytes, 0.99, limit: 1000, "100"),
            ],
        };
    }

    // The model server and the client are compiled by streams through another process. The measured one starts cold.
    private static async Task WarmUpAsync(string package, Uri sageMaker, int count, TimeSpan ramp)
    {
        await using var function = await StartAsync(package, sageMaker);
        var streams = Enumerable.Range(0, count).Select(_ => new ManyStream(function.Url, tokens: 50, Pace)).ToArray();
        await RunAsync(streams, ramp);
    }

    private static Task<WebFunction> StartAsync(string package, Uri sageMaker) => WebFunction.StartAsync(
        package, sageMaker, new Dictionary<string, string> { ["MAX_CONNECTIONS"] = MostConnections });

    private static Bar Age(string what, List<double> values, double share, double limit, string aim) =>
        new(what, Ages.Percentile(values, share), "0.0", limit, IsAtLeast: false, aim);

    // Each stream starts at its time, whether the earlier ones have begun or not.
    private static async Task RunAsync(ManyStream[] streams, TimeSpan ramp)
    {
        var start = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        for (var i = 0; i < streams.Length; i++)
        {
            var wait = (ramp * i / streams.Length) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(wait);
            }

            running.Add(streams[i].RunAsync());
        }

        await Task.WhenAll(running);
    }
}
