using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Telemetry.Reports;

public sealed class ReplyReportTests
{
    private readonly SampleReports _reports = new();

    [Fact]
    public void Create_Stream_TakesItsTimes()
    {
        var report = _reports.Completed(usage: new TokenUsage(5, 11));

        Assert.Equal((2500, 500, 200), (report.Duration.TotalMilliseconds, report.TimeToFirstToken!.Value.TotalMilliseconds, report.TimePerOutputToken!.Value.TotalMilliseconds));
        Assert.Equal((2, false, "completed"), (report.Retries, report.IsError, report.Outcome));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Create_NoSecondToken_HasNoTimeBetween(long tokens) => Assert.Null(_reports.Completed(usage: new TokenUsage(5, tokens)).TimePerOutputToken);

    [Fact]
    public void Create_Failure_IsAnErrorUnlessTheClientIsToBlame()
    {
        Assert.True(_reports.Failed(new ReplyFailure(FailureKind.Throttled)).IsError);
        Assert.False(_reports.Failed(new ReplyFailure(FailureKind.ClientGone)).IsError);
        Assert.False(_reports.Failed(new ReplyFailure(FailureKind.ContainerError, new ContainerError(400, "too long"))).IsError);
    }
}
