using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Relay;

public sealed class ReplyEndTests
{
    // Choices: the finish reason of each. W marks a choice whose earlier finish reason was withdrawn, and - a choice without one.
    [Theory]
    [InlineData("Stop", 1, false, false, false, null)]
    [InlineData("Stop", 1, false, true, false, null)]
    [InlineData("Stop", 1, false, false, true, null)]
    [InlineData("Length", 1, false, true, true, null)]
    [InlineData("-", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("-", 1, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("-", 1, true, true, false, null)]
    [InlineData("-", 1, true, false, false, FailureKind.NoFinishReason)]
    [InlineData("-", 1, true, true, true, FailureKind.StreamBroken)]
    [InlineData("-", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("", 1, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("", 1, true, true, false, FailureKind.NoFinishReason)]
    [InlineData("", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("WStop", 1, false, true, false, null)]
    [InlineData("WStop", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("WStop", 1, false, true, true, FailureKind.StreamBroken)]
    [InlineData("WStop", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("W-", 1, false, true, false, null)]
    [InlineData("W-", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("W-", 1, false, true, true, FailureKind.StreamBroken)]
    [InlineData("W- -", 2, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("W-", 1, true, true, false, null)]
    [InlineData("Failed", 1, false, true, true, FailureKind.StreamBroken)]
    [InlineData("Failed", 1, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("Stop Stop", 2, false, true, false, null)]
    [InlineData("Stop", 2, false, true, false, null)]
    [InlineData("Stop", 2, false, false, false, null)]
    [InlineData("Stop", 2, false, false, true, FailureKind.StreamBroken)]
    [InlineData("Stop -", 2, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("Stop -", 2, false, false, true, FailureKind.StreamBroken)]
    [InlineData("Stop Stop", 2, false, false, true, null)]
    [InlineData("Stop", 2, false, false, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop", 2, false, true, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop", 2, true, true, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop Stop", 2, false, false, false, null, 2)]
    [InlineData("Stop Stop", 4, false, false, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop Stop", 4, false, true, false, null, 2)]
    internal void Decide_KindOfEnd_IsCompleteOrItsFailure(
        string reasons, int choices, bool isDoneEnough, bool isDone, bool hasFault, FailureKind? expected, int prompts = 1)
    {
        var format = new OutputFormat("r1", OutputFormat.ChatChunk, "own", 1)
        {
            Choices = choices,
            Prompts = prompts,
            IsDoneEnough = isDoneEnough,
        };
        var trackers = new ChoiceTrackers(format);
        foreach (var (index, reason) in reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index())
        {
            var tracker = trackers.Get(index);
            if (reason[0] == 'W')
            {
                tracker.NoteFinish(FinishReason.Stop);
                tracker.Withdraw();
            }

            tracker.NoteFinish(reason.TrimStart('W') == "-" ? FinishReason.None : Enum.Parse<FinishReason>(reason.TrimStart('W')));
        }

        var fault = hasFault ? new ReplyFailure(FailureKind.StreamBroken) : null;
        var failure = ReplyEnd.Decide(trackers, format, isDone, fault, text: default);

        Assert.Equal(expected, failure?.Kind);
    }

    [Theory]
    [InlineData(null, false, "worker died")]
    [InlineData(FailureKind.StreamBroken, false, "worker died")]
    [InlineData(FailureKind.ModelSilent, false, null)]
    [InlineData(null, true, null)]
    internal void Decide_TextBehindTheLastRecord_SaysWhyTheReplyIsNotComplete(FailureKind? fault, bool isFinished, string? expected)
    {
        var format = ChunkLog.Contract();
        var trackers = new ChoiceTrackers(format);
        trackers.Get(0).NoteFinish(isFinished ? FinishReason.Stop : FinishReason.None);

        var failure = ReplyEnd.Decide(
            trackers, format, isDone: false, fault is { } kind ? new ReplyFailure(kind) : null, "worker died\n"u8);

        Assert.Equal(expected, failure?.Container?.Message);
        Assert.Equal(isFinished, failure is null);
    }
}
