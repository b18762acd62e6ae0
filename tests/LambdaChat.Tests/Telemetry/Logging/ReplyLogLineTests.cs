using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Configuration;
using LambdaChat.Failures;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Reports;
using LambdaChat.Tests.Telemetry.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Telemetry.Logging;

public sealed class ReplyLogLineTests
{
    [Fact]
    public void Write_CompletedReply_HasAllFields()
    {
        var line = SampleReports.Write(SampleReports.Completed(input: 5, output: 11, cached: 4), hasMetrics: false);

        var members = SampleReports.Parse(line);
        Assert.Equal(
            """{"timestamp":"2026-11-22T21:04:35+00:00","level":"INFO","message":"Reply request-1 to alice by r1 completed: 3 events in 2500 ms, 5 tokens in and 11 out.","requestId":"request-1","key":"alice","model":"r1","operation":"chat","target":"0","status":200,"outcome":"completed","duration":2500,"timeToFirstToken":500,"timePerOutputToken":200,"inputTokens":5,"outputTokens":11,"cachedTokens":4,"replies":1,"errors":0,"attempts":3,"retries":2,"coldWaits":1,"events":3,"parts":5,"cuts":2,"heartbeats":4,"bytes":900,"held":300}""",
            members.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FieldsWithoutValue_AreLeftOut()
    {
        var members = SampleReports.Parse(
            SampleReports.Write(SampleReports.Failed(new ReplyFailure(FailureKind.Throttled), 429) with { Key = null }, hasMetrics: true));

        Assert.Equal("Reply request-1 by r1 failed with Throttled: 0 events in 2500 ms.", (string?)members["message"]);
        Assert.All(["key", "detail", "timeToFirstToken", "timePerOutputToken", "inputTokens", "outputTokens", "cachedTokens", "limits"],
            name => Assert.False(members.ContainsKey(name), name));
        Assert.Equal(("ERROR", "throttled", 429, 1),
            ((string?)members["level"], (string?)members["outcome"], (int?)members["status"], (int?)members["errors"]));
    }

    [Fact]
    public void Write_ContinuedReply_SaysWhere()
    {
        var members = SampleReports.Parse(
            SampleReports.Write(SampleReports.Completed() with { ContinuedAfter = [3, 8] }, hasMetrics: true));

        Assert.Equal((2, "[3,8]"), ((int)members["continuations"]!, members["continuedAfter"]!.ToJsonString()));
        Assert.Contains("\"Name\":\"continuations\"", members["_aws"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithMetrics_NamesOnlyFieldsOfTheLine()
    {
        foreach (var report in (ReplyReport[])[SampleReports.Completed(input: 5, output: 11), SampleReports.Completed(),
            SampleReports.Failed(new ReplyFailure(FailureKind.Cold), 503), SampleReports.Completed(targets: 2),
            SampleReports.Completed(input: 5, output: 11, cached: 0), SampleReports.Completed() with { ContinuedAfter = [3, 8] }])
        {
            var members = SampleReports.Parse(SampleReports.Write(report, hasMetrics: true));

            var metrics = members["_aws"]!["CloudWatchMetrics"]!.AsArray();
            Assert.Equal(SampleReports.Now.ToUnixTimeMilliseconds(), (long?)members["_aws"]!["Timestamp"]);
            Assert.All(metrics, directive => Assert.Equal("LambdaChat", (string?)directive!["Namespace"]));
            Assert.All(metrics.SelectMany(directive => directive!["Metrics"]!.AsArray()),
                metric => Assert.Equal(System.Text.Json.JsonValueKind.Number, members[(string)metric!["Name"]!]!.GetValueKind()));
            Assert.All(metrics.SelectMany(directive => directive!["Dimensions"]!.AsArray()).SelectMany(set => set!.AsArray()),
                name => Assert.Equal(System.Text.Json.JsonValueKind.String, members[(string)name!]!.GetValueKind()));
        }
    }

    // The definitions of the metrics are kept, and must be those of the reply.
    [Fact]
    public void Write_RepliesThatDifferInOneMetric_EachHasItsOwn()
    {
        var one = SampleReports.Completed() with { TimeToFirstToken = null };
        ReplyReport[] reports =
        [
            one, one with { TimeToFirstToken = TimeSpan.Zero }, one with { TimePerOutputToken = TimeSpan.Zero },
            one with { InputTokens = 1, OutputTokens = 1 }, one with { CachedTokens = 0 }, one with { ContinuedAfter = [3] },
            one with { IsStored = false }, one with { LimitsDecision = "allowed" }, one with { HasSeveralTargets = true },
        ];
        foreach (var (first, second) in reports.SelectMany(first => reports.Select(second => (first, second))))
        {
            using var stream = new MemoryStream();
            using var output = new LogOutput(stream);
            using var line = new ReplyLogLine(output, hasMetrics: true);
            line.Write(first);
            line.Write(second);

            Assert.Equal(
                SampleReports.Write(first, hasMetrics: true) + SampleReports.Write(second, hasMetrics: true),
                Encoding.UTF8.GetString(stream.ToArray()));
        }

        Assert.Equal(reports.Length, reports.Select(Definitions).Distinct().Count());
    }

    private static string Definitions(ReplyReport report) =>
        SampleReports.Parse(SampleReports.Write(report, hasMetrics: true))["_aws"]!.ToJsonString();

    [Theory]
    [InlineData(1, """[["function"],["function","model"]] [["function","outcome"]]""")]
    [InlineData(2, """[["function"],["function","model"]] [["function","outcome"]] [["function","model","target"]]""")]
    public void Write_WithMetrics_HasFewDimensions(int targets, string expected)
    {
        var members = SampleReports.Parse(SampleReports.Write(SampleReports.Completed(targets), hasMetrics: true));

        Assert.Equal(expected,
            string.Join(' ',
                members["_aws"]!["CloudWatchMetrics"]!.AsArray().Select(directive => directive!["Dimensions"]!.ToJsonString())));
    }

    [Theory]
    [InlineData(LogLevel.Debug, false, "INFO")]
    [InlineData(LogLevel.Information, false, "INFO")]
    [InlineData(LogLevel.Warning, false, null)]
    [InlineData(LogLevel.Critical, false, null)]
    [InlineData(LogLevel.Information, true, "INFO")]
    [InlineData(LogLevel.Warning, true, "WARN")]
    [InlineData(LogLevel.Critical, true, "FATAL")]
    public void Write_BelowTheLevel_OnlyWithMetrics(LogLevel minimum, bool hasMetrics, string? expected)
    {
        var line = SampleReports.Write(SampleReports.Completed(), hasMetrics, minimum: minimum);

        Assert.Equal(expected, line.Length == 0 ? null : (string?)SampleReports.Parse(line)["level"]);
    }

    [Fact]
    public void Write_SeveralLines_EachIsCompleteAndAllocatesLittle()
    {
        using var stream = new MemoryStream();
        using var output = new LogOutput(stream);
        using var line = new ReplyLogLine(output, hasMetrics: true);
        var report = SampleReports.Completed(input: 5, output: 11);
        line.Write(report);
        stream.Capacity = 1 << 16;

        var before = GC.GetAllocatedBytesForCurrentThread();
        line.Write(report);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 1024);
        Assert.All(System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            text => Assert.Equal("completed", (string?)JsonNode.Parse(text)!["outcome"]));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "127.0.0.1:1", true)]
    [InlineData("emf", null, true)]
    [InlineData("off", "127.0.0.1:1", false)]
    public void ReadMetrics_Default_DependsOnLambda(string? value, string? runtimeApi, bool expected) =>
        Assert.Equal(expected, ReplyLogLine.ReadMetrics(Configuration(value, runtimeApi)));

    [Fact]
    public void ReadMetrics_OtherValue_Throws() =>
        Assert.Equal("METRICS must be emf or off.",
            Assert.Throws<ConfigurationException>(() => ReplyLogLine.ReadMetrics(Configuration("on", null))).Message);

    private static IConfiguration Configuration(string? metrics, string? runtimeApi) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("METRICS", metrics), new("AWS_LAMBDA_RUNTIME_API", runtimeApi)])
        .Build();
}
