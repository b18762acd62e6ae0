using LambdaChat.Failures;
using LambdaChat.Telemetry.Reports;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Telemetry.Reports;

/// <summary>Dashboards and alarms depend on these names.</summary>
public sealed class OutcomesTests
{
    private static readonly Dictionary<FailureKind, string> Names = new()
    {
        [FailureKind.Unreachable] = "unreachable",
        [FailureKind.NoCredentials] = "no_credentials",
        [FailureKind.CredentialsExpired] = "credentials_expired",
        [FailureKind.CredentialsInvalid] = "credentials_invalid",
        [FailureKind.AccessDenied] = "access_denied",
        [FailureKind.RoleDenied] = "role_denied",
        [FailureKind.InvalidTarget] = "invalid_target",
        [FailureKind.Throttled] = "throttled",
        [FailureKind.Unavailable] = "unavailable",
        [FailureKind.Cold] = "cold",
        [FailureKind.SageMakerFailure] = "sage_maker_failure",
        [FailureKind.ContainerError] = "container_error",
        [FailureKind.ModelTimeout] = "model_timeout",
        [FailureKind.StreamBroken] = "stream_broken",
        [FailureKind.CorruptStream] = "corrupt_stream",
        [FailureKind.RecordTooLong] = "record_too_long",
        [FailureKind.ConnectionLost] = "connection_lost",
        [FailureKind.NoFinishReason] = "no_finish_reason",
        [FailureKind.ModelAborted] = "model_aborted",
        [FailureKind.WrongTask] = "wrong_task",
        [FailureKind.Internal] = "internal",
        [FailureKind.ReplyTooLong] = "reply_too_long",
        [FailureKind.ServerOverloaded] = "server_overloaded",
        [FailureKind.ModelSilent] = "model_silent",
        [FailureKind.ReplyTooSlow] = "reply_too_slow",
        [FailureKind.DeadlineExceeded] = "deadline_exceeded",
        [FailureKind.LimitReached] = "limit_reached",
        [FailureKind.LimitsUnknown] = "limits_unknown",
        [FailureKind.ClientGone] = "client_gone",
        [FailureKind.Cancelled] = "cancelled",
        [FailureKind.ReplyLost] = "reply_lost",
    };

    [Fact]
    public void NameOf_EachFailure_IsInTheTable() =>
        Assert.Equal(Names, Enum.GetValues<FailureKind>().ToDictionary(error => error, error => Outcomes.NameOf(error)));

    [Fact]
    public void NameOf_NoFailure_IsCompleted() => Assert.Equal("completed", Outcomes.NameOf(null));

    [Theory]
    [InlineData(400, LogLevel.Warning)]
    [InlineData(404, LogLevel.Warning)]
    [InlineData(408, LogLevel.Error)]
    [InlineData(429, LogLevel.Error)]
    [InlineData(500, LogLevel.Error)]
    [InlineData(null, LogLevel.Error)]
    public void LevelOf_ContainerError_DependsOnItsStatus(int? status, LogLevel expected) =>
        Assert.Equal(expected, Outcomes.LevelOf(new ReplyFailure(FailureKind.ContainerError, new ContainerError(status, "m"))));

    [Fact]
    public void LevelOf_CompletedAndClientFailures_IsInformation()
    {
        Assert.Equal(LogLevel.Information, Outcomes.LevelOf(null));
        Assert.Equal(LogLevel.Information, Outcomes.LevelOf(new ReplyFailure(FailureKind.ClientGone)));
        Assert.Equal(LogLevel.Information, Outcomes.LevelOf(new ReplyFailure(FailureKind.LimitReached)));
        Assert.Equal(LogLevel.Error, Outcomes.LevelOf(new ReplyFailure(FailureKind.Cold)));
    }
}
