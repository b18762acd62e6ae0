using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Reports;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Telemetry.Reports;

/// <summary>
/// Reports of replies with 3 attempts: response after 250 ms, first record after 500 ms, end after 2.5 s; 3 records in 5 payloads.
/// </summary>
internal static class SampleReports
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 21, 4, 35, TimeSpan.Zero);

    public static ReplyReport Completed(
        int targets = 1, long? input = null, long? output = null, long? cached = null) => Create(targets) with
        {
            TimeToFirstToken = TimeSpan.FromMilliseconds(500),
            TimePerOutputToken = output is null ? null : TimeSpan.FromMilliseconds(200),
            InputTokens = input,
            OutputTokens = output,
            CachedTokens = cached,
            Events = 3,
            Payloads = 5,
            SplitRecords = 2,
            MaxUnflushedBytes = 300,
        };

    public static ReplyReport Failed(ReplyFailure failure, int status) => Create(targets: 1) with { Failure = failure, Status = status };

    /// <summary>The log line of a report.</summary>
    public static string Write(ReplyReport report, bool hasMetrics, LogLevel minimum = LogLevel.Information)
    {
        using var stream = new MemoryStream();
        using var output = new LogOutput(stream, minimum);
        using var line = new ReplyLogLine(output, hasMetrics);
        line.Write(report);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static JsonObject Parse(string line) => JsonNode.Parse(line)!.AsObject();

    private static ReplyReport Create(int targets) => new()
    {
        RequestId = "request-1",
        Key = "alice",
        Model = "r1",
        Operation = "chat",
        Target = targets - 1,
        HasSeveralTargets = targets > 1,
        Status = 200,
        EndedAt = Now,
        Duration = TimeSpan.FromMilliseconds(2500),
        TimeToResponse = TimeSpan.FromMilliseconds(250),
        Attempts = 3,
        HasWaitedCold = true,
        Heartbeats = 4,
        SentBytes = 900,
    };
}
