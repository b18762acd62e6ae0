using System.Diagnostics;
using System.Diagnostics.Metrics;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Metrics;

/// <summary>
/// The replies as metrics. Where OpenTelemetry has a name it is that one, with the buckets that it advises: the relay stands in the model
/// server's place. Source: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
/// </summary>
internal sealed class ChatMetrics : IDisposable
{
    public const string MeterName = "LambdaChat";

    public const string Provider = "aws.sagemaker"; // None of OpenTelemetry's own names is SageMaker.

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _timePerOutputToken;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _replies;
    private readonly Counter<long> _parts;
    private readonly Counter<long> _cuts;
    private readonly Counter<long> _heartbeats;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _coldWaits;
    private readonly Counter<long> _verdicts;

    public ChatMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _duration = Seconds("gen_ai.server.request.duration", "From the call of the model to the last byte of its reply.", 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
        _timeToFirstToken = Seconds("gen_ai.server.time_to_first_token", "From the call of the model to the first record of its reply.", 0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);
        _timePerOutputToken = Seconds("gen_ai.server.time_per_output_token", "Between two tokens of a whole reply, after the first.", 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5);
        _tokens = _meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of prompt and reply, as the model server counted them.",
            tags: null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });
        _replies = _meter.CreateCounter<long>("lambdachat.replies", "{reply}", "Replies that ended, by how.");
        _parts = _meter.CreateCounter<long>("lambdachat.upstream.parts", "{part}", "Payloads that SageMaker sent.");
        _cuts = _meter.CreateCounter<long>("lambdachat.upstream.cuts", "{cut}", "Cuts inside a record that were repaired.");
        _heartbeats = _meter.CreateCounter<long>("lambdachat.heartbeats", "{heartbeat}", "Signs of life sent while a model was silent.");
        _retries = _meter.CreateCounter<long>("lambdachat.retries", "{attempt}", "Attempts to call a model beyond the first.");
        _coldWaits = _meter.CreateCounter<long>("lambdachat.cold_waits", "{wait}", "Replies that waited for an endpoint scaled to zero.");
        _verdicts = _meter.CreateCounter<long>("lambdachat.store.verdicts", "{verdict}", "Verdicts of the table on a caller's limits, by how they came.");
    }

    /// <summary>A reply has ended, however.</summary>
    public void Ended(ReplyReport report)
    {
        var tags = CommonTags(report);
        RecordTokens(report, tags);
        _parts.Add(report.Reply.Payloads, tags);
        _cuts.Add(report.Reply.SplitRecords, tags);
        _heartbeats.Add(report.Reply.Heartbeats, tags);
        _retries.Add(report.Retries, tags);
        _coldWaits.Add(report.Reply.HasWaitedCold ? 1 : 0, tags);
        if (report.Failure is not null)
        {
            tags.Add("error.type", report.Outcome);
        }

        _duration.Record(report.Duration.TotalSeconds, tags);
        Record(_timeToFirstToken, report.TimeToFirstToken, report, tags);
        Record(_timePerOutputToken, report.TimePerOutputToken, report, tags);
        tags.Add("lambdachat.outcome", report.Outcome);
        _replies.Add(1, tags);
        if (report.Reply.Store is { } verdict)
        {
            StoreAnswered(verdict);
        }
    }

    /// <summary>The table has said whether a caller may, or has not in time.</summary>
    /// <param name="verdict">One of few words.</param>
    public void StoreAnswered(string verdict) => _verdicts.Add(1, new TagList { { "lambdachat.store.verdict", verdict } });

    public void Dispose() => _meter.Dispose();

    private static TagList CommonTags(ReplyReport report) => new()
    {
        { "gen_ai.operation.name", Outcomes.OperationOf(report.Reply.Task) },
        { "gen_ai.provider.name", Provider },
        { "gen_ai.request.model", report.Reply.Model.Name },
        { "lambdachat.target", report.Reply.Target },
    };

    // "Otherwise it MUST NOT report usage metric": where the server did not count, nothing is reported.
    private void RecordTokens(ReplyReport report, TagList tags)
    {
        if (report.Usage is { } usage)
        {
            _tokens.Record(usage.Prompt, [.. tags, new("gen_ai.token.type", "input")]);
            _tokens.Record(usage.Completion, [.. tags, new("gen_ai.token.type", "output")]);
        }
    }

    // "For successful responses" only.
    private static void Record(Histogram<double> histogram, TimeSpan? time, ReplyReport report, in TagList tags)
    {
        if (report.Failure is null && time is { } known)
        {
            histogram.Record(known.TotalSeconds, tags);
        }
    }

    private Histogram<double> Seconds(string name, string description, params double[] boundaries) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
