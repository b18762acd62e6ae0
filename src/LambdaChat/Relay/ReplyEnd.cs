using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;

namespace LambdaChat.Relay;

/// <summary>How a reply ended, for its writer.</summary>
/// <param name="Failure">Null for a complete reply.</param>
/// <param name="Id">The reply's id as JSON.</param>
/// <param name="Usage">The usage that the model server reported; null if it reported none.</param>
internal sealed record ReplyEnd(ReplyFailure? Failure, byte[] Id, TokenUsage? Usage)
{
    /// <summary>When the reply ended.</summary>
    public DateTimeOffset EndedAt { get; init; }

    /// <summary>
    /// Decides how a reply ended. No other code decides this. A fault after the last finish reason loses nothing, so the reply is complete.
    /// If text has followed an earlier finish reason, only <c>[DONE]</c> completes the reply, also if no other reason came. At a normal
    /// end, choices of one prompt that never started do not count as missing, because some servers ignore <c>n</c>. A prompt without a
    /// choice is missing.
    /// </summary>
    /// <param name="choices">The choices after the last record.</param>
    /// <param name="format">The requested output.</param>
    /// <param name="isDone">True if <c>[DONE]</c> was received, or the reply was cut at its token limit.</param>
    /// <param name="fault">What ended the stream early: an error record, a broken stream, a timeout; null for a normal end.</param>
    /// <param name="text">The text after the last record, which gives the reason for the end of the stream.</param>
    /// <returns>Null for a complete reply.</returns>
    public static ReplyFailure? Decide(
        ChoiceTrackers choices, OutputFormat format, bool isDone, ReplyFailure? fault, ReadOnlySpan<byte> text)
    {
        var hasAll = choices.Started >= format.Choices;
        var isWhole = choices.AreFinished && !choices.HaveWithdrawnFinish && (hasAll || (fault is null && format.Prompts == 1));
        var isEnough = isDone && fault is null && choices.Started >= format.Prompts;
        var isDoneEnough = (format.IsDoneEnough ? choices.Started > 0 : choices.HaveBeenFinished) && !RecordText.IsError(text);
        return isWhole || (isEnough && (choices.AreFinished || isDoneEnough)) ? null
            : fault is null or { Kind: FailureKind.StreamBroken } && RecordText.IsError(text) ? ErrorRecords.OfText(text)
            : fault ?? new ReplyFailure(FailureKind.NoFinishReason);
    }
}
