using System.Diagnostics.Metrics;
using System.Globalization;
using LambdaChat.Failures;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Tests.Telemetry.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Tests.Telemetry.Metrics;

public sealed class ChatMetricsTests : IDisposable
{
    private const string Tags = "gen_ai.operation.name=chat gen_ai.provider.name=aws.sagemaker gen_ai.request.model=r1 lambdachat.target=";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<string> _measurements = [];
    private readonly List<Instrument> _instruments = [];
    private readonly ChatMetrics _metrics;

    public ChatMetricsTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ChatMetrics.MeterName && instrument.Meter.Scope == factory)
            {
                _instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
        _metrics = new ChatMetrics(factory);
    }

    [Fact]
    public void Ended_CompletedReply_IsMeasured()
    {
        _metrics.Ended(SampleReports.Completed(targets: 2, input: 5, output: 11, cached: 4));

        Assert.Equal(
            [
                $"gen_ai.client.token.usage 5 {Tags}1 gen_ai.token.type=input",
                $"gen_ai.client.token.usage 11 {Tags}1 gen_ai.token.type=output",
                $"lambdachat.cached_tokens 4 {Tags}1",
                $"lambdachat.upstream.parts 5 {Tags}1",
                $"lambdachat.upstream.cuts 2 {Tags}1",
                $"lambdachat.heartbeats 4 {Tags}1",
                $"lambdachat.retries 2 {Tags}1",
                $"lambdachat.cold_waits 1 {Tags}1",
                $"gen_ai.server.request.duration 2.5 {Tags}1",
                $"gen_ai.server.time_to_first_token 0.5 {Tags}1",
                $"gen_ai.server.time_per_output_token 0.2 {Tags}1",
                $"lambdachat.replies 1 {Tags}1 lambdachat.outcome=completed",
            ],
            _measurements);
    }

    [Fact]
    public void Ended_ContinuedReply_CountsTheContinuations()
    {
        _metrics.Ended(SampleReports.Completed() with { ContinuedAfter = [3, 8] });

        Assert.Contains($"lambdachat.continuations 2 {Tags}0", _measurements);
    }

    [Fact]
    public void Ended_FailedReply_HasItsKindAndNoTokenTimes()
    {
        _metrics.Ended(SampleReports.Failed(new ReplyFailure(FailureKind.Throttled), 429));

        Assert.Contains($"gen_ai.server.request.duration 2.5 {Tags}0 error.type=throttled", _measurements);
        Assert.Contains($"lambdachat.replies 1 {Tags}0 error.type=throttled lambdachat.outcome=throttled", _measurements);
        Assert.DoesNotContain(_measurements,
            measurement => measurement.StartsWith("gen_ai.server.time", StringComparison.Ordinal)
                || measurement.StartsWith("gen_ai.client", StringComparison.Ordinal));
    }

    [Fact]
    public void TableDecided_IsCounted()
    {
        _metrics.TableDecided("late-open");

        Assert.Equal(["lambdachat.limits.decisions 1 lambdachat.limits.decision=late-open"], _measurements);
    }

    [Fact]
    public void Instruments_HaveUnitsAndAdvisedBuckets()
    {
        Assert.Equal(
            """
            gen_ai.server.request.duration [s]
            gen_ai.server.time_to_first_token [s]
            gen_ai.server.time_per_output_token [s]
            gen_ai.client.token.usage [{token}]
            lambdachat.cached_tokens [{token}]
            lambdachat.replies [{reply}]
            lambdachat.upstream.parts [{part}]
            lambdachat.upstream.cuts [{cut}]
            lambdachat.heartbeats [{heartbeat}]
            lambdachat.retries [{attempt}]
            lambdachat.cold_waits [{wait}]
            lambdachat.continuations [{call}]
            lambdachat.limits.decisions [{decision}]
            lambdachat.reply_store.stored [{reply}]
            lambdachat.reply_store.failures [{reply}]
            """,
            string.Join('\n', _instruments.Select(instrument => $"{instrument.Name} [{instrument.Unit}]")));
        Assert.All(_instruments, instrument => Assert.NotEmpty(instrument.Description!));
        Assert.Equal([14, 16, 13],
            _instruments.OfType<Histogram<double>>().Select(histogram => histogram.Advice!.HistogramBucketBoundaries!.Count));
        Assert.Equal(14, _instruments.OfType<Histogram<long>>().Single().Advice!.HistogramBucketBoundaries!.Count);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
        _services.Dispose();
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct => _measurements.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"));
}
