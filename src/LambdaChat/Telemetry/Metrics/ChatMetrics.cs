using System.Diagnostics;
using System.Diagnostics.Metrics;
using LambdaChat.Telemetry.Reports;

namespace LambdaChat.Telemetry.Metrics;

/// <summary>
/// The metrics of replies. Names and buckets are those of OpenTelemetry's conventions for model servers, where these have the metric.
/// Source: https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
/// </summary>
internal sealed class ChatMetrics : IDisposable
{
    public const string MeterName = "LambdaChat";

    public const string Provider = "aws.sagemaker"; // OpenTelemetry defines no name for SageMaker.

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _timePerOutputToken;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _cachedTokens;
    private readonly Counter<long> _replies;
    private readonly Counter<long> _parts;
    private readonly Counter<long> _cuts;
    private readonly Counter<long> _heartbeats;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _coldWaits;
    private readonly Counter<long> _continuations;
    private readonly Counter<long> _tableDecisions;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _storeFailures;

    public ChatMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _duration = Seconds(
            "gen_ai.server.request.duration",
            "Time from the call of the model to the last byte of its reply.",
            0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
        _timeToFirstToken = Seconds(
            "gen_ai.server.time_to_first_token",
            "Time from the call of the model to the first record of its reply.",
            0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);
        _timePerOutputToken = Seconds(
            "gen_ai.server.time_per_output_token",
            "Average time between two tokens of a completed reply, after the first.",
            0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5);
        _tokens = _meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of the prompt and of the reply, as the model server reports them.",
            tags: null,
            new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries =
                    [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
            });
        _cachedTokens = _meter.CreateCounter<long>(
            "lambdachat.cached_tokens", "{token}", "Tokens of the prompt that the model server took from its cache.");
        _replies = _meter.CreateCounter<long>("lambdachat.replies", "{reply}", "Replies by outcome.");
        _parts = _meter.CreateCounter<long>("lambdachat.upstream.parts", "{part}", "Payloads received from SageMaker.");
        _cuts = _meter.CreateCounter<long>("lambdachat.upstream.cuts", "{cut}", "Payloads that began inside a record.");
        _heartbeats = _meter.CreateCounter<long>("lambdachat.heartbeats", "{heartbeat}", "Heartbeats sent while a model was silent.");
        _retries = _meter.CreateCounter<long>("lambdachat.retries", "{attempt}", "Calls of a model after the first attempt.");
        _coldWaits = _meter.CreateCounter<long>("lambdachat.cold_waits", "{wait}", "Replies that waited for an endpoint scaled to zero.");
        _continuations = _meter.CreateCounter<long>(
            "lambdachat.continuations", "{call}", "Calls that continued a reply after the failure of its endpoint.");
        _tableDecisions = _meter.CreateCounter<long>(
            "lambdachat.limits.decisions", "{decision}", "Decisions of the limits table, by result.");
        _stored = _meter.CreateCounter<long>("lambdachat.reply_store.stored", "{reply}", "Replies that were stored.");
        _storeFailures = _meter.CreateCounter<long>("lambdachat.reply_store.failures", "{reply}", "Replies that could not be stored.");
    }

    /// <summary>Records a reply that has ended, complete or failed.</summary>
    public void Ended(ReplyReport report)
    {
        var tags = CommonTags(report);
        RecordTokens(report, tags);
        _parts.Add(report.Payloads, tags);
        _cuts.Add(report.SplitRecords, tags);
        _heartbeats.Add(report.Heartbeats, tags);
        _retries.Add(report.Retries, tags);
        _coldWaits.Add(report.HasWaitedCold ? 1 : 0, tags);
        if (report.Continuations > 0)
        {
            _continuations.Add(report.Continuations, tags);
        }

        if (report.IsStored is { } isStored)
        {
            (isStored ? _stored : _storeFailures).Add(1, tags);
        }

        if (report.Failure is not null)
        {
            tags.Add("error.type", report.Outcome);
        }

        _duration.Record(report.Duration.TotalSeconds, tags);
        Record(_timeToFirstToken, report.TimeToFirstToken, report, tags);
        Record(_timePerOutputToken, report.TimePerOutputToken, report, tags);
        tags.Add("lambdachat.outcome", report.Outcome);
        _replies.Add(1, tags);
        if (report.LimitsDecision is { } decision)
        {
            TableDecided(decision);
        }
    }

    /// <summary>Counts a decision of the limits table.</summary>
    /// <param name="decision">One of a few fixed names.</param>
    public void TableDecided(string decision) => _tableDecisions.Add(1, new TagList { { "lambdachat.limits.decision", decision } });

    public void Dispose() => _meter.Dispose();

    private static TagList CommonTags(ReplyReport report) => new()
    {
        { "gen_ai.operation.name", report.Operation },
        { "gen_ai.provider.name", Provider },
        { "gen_ai.request.model", report.Model },
        { "lambdachat.target", report.Target },
    };

    // "Otherwise it MUST NOT report usage metric."
    private void RecordTokens(ReplyReport report, TagList tags)
    {
        if (report is { InputTokens: { } input, OutputTokens: { } output })
        {
            _tokens.Record(input, [.. tags, new("gen_ai.token.type", "input")]);
            _tokens.Record(output, [.. tags, new("gen_ai.token.type", "output")]);
        }

        if (report.CachedTokens is { } cached)
        {
            _cachedTokens.Add(cached, tags);
        }
    }

    // "For successful responses."
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
