using LambdaChat.Local.Hosting;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The format of the function's log lines in a terminal.</summary>
public sealed class LogLineTests
{
    private const string Reply = """
        {"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"timestamp":"2026-11-22T21:04:35.1234567+00:00","level":"INFO","message":"m","requestId":"id","key":"local","model":"r1",
        "operation":"chat","target":"1","status":200,"outcome":"completed","duration":124,"timeToFirstToken":35,"timePerOutputToken":12.5,"inputTokens":5,"outputTokens":300,
        "replies":1,"errors":0,"attempts":2,"retries":1,"continuations":1,"coldWaits":0,"events":303,"parts":40,"cuts":12,"heartbeats":0,"bytes":9000,"allocated":1,"held":1}
        """;

    [Fact]
    public void Format_ReplyReport_ReturnsOneLine() => Assert.Equal(
        "21:04:35.123 INFO  r1 completed 200 · 124 ms, first token 35 ms, 12.5 ms a token · 5 tokens in, 300 out · 303 events, 40 parts, " +
            "12 cuts, 1 retries, 1 continuations, target 1, 9000 bytes · local · id",
        LogLine.Format(Reply, hasColors: false));

    [Fact]
    public void Format_ReplyAfterAColdEndpoint_SaysThatItWaited() => Assert.Contains(
        ", 1 retries, waited for a cold endpoint, 1 continuations, ",
        LogLine.Format(Reply.Replace("\"coldWaits\":0", "\"coldWaits\":1", StringComparison.Ordinal), hasColors: false));

    [Theory]
    [InlineData("""{"timestamp":"2026-11-22T21:04:35Z","level":"WARN","message":"Beware.","logger":"x"}""", "21:04:35.000 WARN  Beware.")]
    [InlineData(
        """{"timestamp":"2026-11-22T21:04:35Z","level":"ERROR","message":"Bad.","exceptions":[{"type":"A","stackTrace":"at b"}]}""",
        "21:04:35.000 ERROR Bad.\nA\nat b")]
    [InlineData("REPORT RequestId: 1\tDuration: 2 ms", "REPORT RequestId: 1\tDuration: 2 ms")]
    [InlineData("{not json", "{not json")]
    [InlineData("""{"other":"json"}""", """{"other":"json"}""")]
    public void Format_OtherLine_ReturnsMessageOrLine(string line, string expected) =>
        Assert.Equal(expected, LogLine.Format(line, hasColors: false));

    [Theory]
    [InlineData("REPORT RequestId: 1\tDuration: 2 ms\tMax Memory Used: 60 MB", true)]
    [InlineData("REPORT RequestId: 1\tDuration: 2 ms\tStatus: error\tError Type: Runtime.ExitError", false)]
    [InlineData("The line REPORT RequestId: 1", false)]
    public void IsReportOfSuccess_Line_DetectsLambdasLine(string line, bool expected) =>
        Assert.Equal(expected, LogLine.IsReportOfSuccess(line));

    [Theory]
    [InlineData("WARN", "\e[33m")]
    [InlineData("ERROR", "\e[31m")]
    [InlineData("FATAL", "\e[31m")]
    [InlineData("INFO", "\e[2m")]
    public void Format_WithColors_ColorsTheLevel(string level, string color) => Assert.Equal(
        $"21:04:35.000 {color}{level,-5}\e[0m m",
        LogLine.Format($$"""{"timestamp":"2026-11-22T21:04:35Z","level":"{{level}}","message":"m"}""", hasColors: true));
}
