using LambdaChat.Chat.Reports;
using LambdaChat.Errors;
using LambdaChat.Models;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Chat.Reports;

/// <summary>Names on which dashboards depend, one by one.</summary>
public sealed class OutcomesTests
{
    private static readonly Dictionary<RelayError, string> Names = new()
    {
        [RelayError.Unreachable] = "unreachable",
        [RelayError.NoCredentials] = "no_credentials",
        [RelayError.AccessDenied] = "access_denied",
        [RelayError.RoleDenied] = "role_denied",
        [RelayError.InvalidTarget] = "invalid_target",
        [RelayError.Throttled] = "throttled",
        [RelayError.Unavailable] = "unavailable",
        [RelayError.Cold] = "cold",
        [RelayError.SageMakerFailure] = "sage_maker_failure",
        [RelayError.ContainerError] = "container_error",
        [RelayError.ModelTimeout] = "model_timeout",
        [RelayError.StreamBroken] = "stream_broken",
        [RelayError.CorruptStream] = "corrupt_stream",
        [RelayError.RecordTooLong] = "record_too_long",
        [RelayError.ConnectionLost] = "connection_lost",
        [RelayError.NoFinishReason] = "no_finish_reason",
        [RelayError.ReplyTooLong] = "reply_too_long",
        [RelayError.ModelSilent] = "model_silent",
        [RelayError.ReplyTooSlow] = "reply_too_slow",
        [RelayError.DeadlineExceeded] = "deadline_exceeded",
        [RelayError.LimitReached] = "limit_reached",
        [RelayError.LimitsUnknown] = "limits_unknown",
        [RelayError.ClientGone] = "client_gone",
    };

    [Fact]
    public void NameOf_EachError_IsInTheTable() =>
        Assert.Equal(Names, Enum.GetValues<RelayError>().ToDictionary(error => error, error => Outcomes.NameOf(error)));

    [Fact]
    public void NameOf_None_IsCompleted() => Assert.Equal("completed", Outcomes.NameOf(null));

    [Theory]
    [InlineData((int)ModelTasks.Chat, "chat")]
    [InlineData((int)ModelTasks.Completions, "text_completion")]
    [InlineData((int)ModelTasks.Embeddings, "embeddings")]
    [InlineData((int)ModelTasks.Rerank, "rerank")]
    [InlineData((int)ModelTasks.Score, "score")]
    public void OperationOf_Task_IsOpenTelemetrysName(int task, string expected) => Assert.Equal(expected, Outcomes.OperationOf((ModelTasks)task));

    [Fact]
    public void OperationOf_EachTask_HasOne() =>
        Assert.Equal(5, Enum.GetValues<ModelTasks>().Where(task => task != ModelTasks.None).Select(Outcomes.OperationOf).Distinct().Count());

    [Theory]
    [InlineData(400, LogLevel.Warning)]
    [InlineData(404, LogLevel.Warning)]
    [InlineData(408, LogLevel.Error)]
    [InlineData(429, LogLevel.Error)]
    [InlineData(500, LogLevel.Error)]
    [InlineData(null, LogLevel.Error)]
    public void LevelOf_ErrorOfTheContainer_DependsOnWhoseItIs(int? status, LogLevel expected) =>
        Assert.Equal(expected, Outcomes.LevelOf(new RelayFailure(RelayError.ContainerError, new ContainerError(status, "m"))));

    [Fact]
    public void LevelOf_WholeAndGivenUp_IsInformation()
    {
        Assert.Equal(LogLevel.Information, Outcomes.LevelOf(null));
        Assert.Equal(LogLevel.Information, Outcomes.LevelOf(new RelayFailure(RelayError.ClientGone)));
        Assert.Equal(LogLevel.Information, Outcomes.LevelOf(new RelayFailure(RelayError.LimitReached)));
        Assert.Equal(LogLevel.Error, Outcomes.LevelOf(new RelayFailure(RelayError.Cold)));
    }
}
