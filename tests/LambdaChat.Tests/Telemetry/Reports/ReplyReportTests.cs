using LambdaChat.Failures;

namespace LambdaChat.Tests.Telemetry.Reports;

public sealed class ReplyReportTests
{
    [Fact]
    public void Retries_ThreeAttempts_AreTwo() => Assert.Equal(2, SampleReports.Completed().Retries);

    [Fact]
    public void Retries_NoAttempt_AreNone() => Assert.Equal(0, (SampleReports.Completed() with { Attempts = 0 }).Retries);

    [Fact]
    public void IsError_DependsOnTheFailure()
    {
        Assert.False(SampleReports.Completed().IsError);
        Assert.True(SampleReports.Failed(new ReplyFailure(FailureKind.Throttled), 429).IsError);
        Assert.False(SampleReports.Failed(new ReplyFailure(FailureKind.ClientGone), 200).IsError);
        Assert.False(SampleReports.Failed(new ReplyFailure(FailureKind.ContainerError, new ContainerError(400, "too long")), 400).IsError);
    }
}
