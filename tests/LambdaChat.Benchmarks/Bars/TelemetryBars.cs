using System.Diagnostics.Metrics;
using LambdaChat.Api.Replies;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// The cost of reporting replies: processor time of whole processes with and without it, and allocations in this process.
/// </summary>
internal static class TelemetryBars
{
    private const string Bytes = "0 B";
    private const int Repeats = 1_000;

    private static readonly Dictionary<string, string> Silence = new() { ["METRICS"] = "off", ["AWS_LAMBDA_LOG_LEVEL"] = "FATAL" };

    /// <param name="package">The function as ReadyToRun.</param>
    public static async Task<IReadOnlyList<Bar>> MeasureAsync(string package, bool isSmoke)
    {
        var (pairs, rounds, replies) = isSmoke ? (1, 1, 5) : (9, 4, 500);
        return
        [
            new Bar("CPU of replies of 200 tokens, times that without log line and metrics",
                await MeasurePairsAsync(package, pairs, rounds, replies), "0.00 ×", 1.05, IsAtLeast: false, "1.00 ×"),
            new Bar("log line and metrics, allocated per reply", MeasureReply(), Bytes, 2048, IsAtLeast: false, "1024 B"),
            new Bar("counting, allocated per event", MeasureEvent(), Bytes, 0, IsAtLeast: false, "0 B"),
        ];
    }

    // Two processes of the same program differ by a few percent as long as they run, so there are several pairs.
    private static async Task<double> MeasurePairsAsync(string package, int pairs, int rounds, int replies)
    {
        using var emulator = await EmulatorProcess.StartAsync();
        var ratios = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            ratios.Add(await MeasurePairAsync(package, emulator.Address, rounds, replies));
        }

        return Rounds.Median(ratios);
    }

    // Short replies, because the cost occurs once per reply, in bursts, which cost the least. The two functions are interleaved.
    private static async Task<double> MeasurePairAsync(string package, Uri sageMaker, int rounds, int replies)
    {
        await using var reporting = await ReplyCost.StartAsync(package, sageMaker, []);
        await using var silent = await ReplyCost.StartAsync(package, sageMaker, Silence);
        await reporting.MeasureAsync(replies); // Compiles what the package does not contain. Calls are not counted yet.
        await silent.MeasureAsync(replies);
        var (with, without) = (0.0, 0.0);
        for (var round = 0; round < rounds; round++)
        {
            without += await silent.MeasureAsync(replies);
            with += await reporting.MeasureAsync(replies);
        }

        return with / without;
    }

    // With a reader of all metrics.
    private static double MeasureReply()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var listener =
            new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        listener.Start();
        using var metrics = new ChatMetrics(services.GetRequiredService<IMeterFactory>());
        using var spans = new ReplySpans();
        using var output = new LogOutput(Stream.Null);
        using var line = new ReplyLogLine(output, hasMetrics: true);
        var reporter = new ReplyReporter(TimeProvider.System, line, metrics, spans);
        var model = new Model("deepseek-r1", [new Target("endpoint", InferenceComponent: null, Variant: null, "us-east-1")], "");
        var context = new DefaultHttpContext { TraceIdentifier = Guid.NewGuid().ToString() };
        var usage = new TokenUsage(100, 1_000);
        return Allocated(() =>
        {
            var reply = new ReplyMeasurements(model, ModelTasks.Chat, TimeProvider.System);
            reply.Events = 1;
            reply.Flushing(1);
            reporter.End(context, new ReplyOutcome(reply, Failure: null, usage), limitsDecision: null);
        });
    }

    private static double MeasureEvent()
    {
        var reply = new ReplyMeasurements(new Model("r1", [], ""), ModelTasks.Chat, TimeProvider.System);
        return Allocated(() =>
        {
            reply.PayloadReceived(isCut: true);
            reply.Events++;
            reply.Flushing(reply.Events);
        });
    }

    private static double Allocated(Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Repeats; i++)
        {
            work();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Repeats;
    }
}
