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
    /// Decides how a reply ended. No other code decides this. A fault after the last finish reason loses nothing, so the reply is complete,
    /// unless a choice is empty. If text has followed an earlier finish reason, only <c>[DONE]</c> completes the reply, also if no other
    /// reason came. A prompt without a choice is missing.
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
        if (IsFinished(choices, format, fault) || (isDone && fault is null && IsCompletedByDone(choices, format, text)))
        {
            return null;
        }

        return fault is null or { Kind: FailureKind.StreamBroken } && RecordText.IsError(text)
            ? ErrorRecords.OfText(text)
            : fault ?? new ReplyFailure(FailureKind.NoFinishReason);
    }

    // All requested choices have their finish reasons. At a normal end, choices of one prompt that never started are not missing, because
    // some servers ignore n. Some servers send a finish reason without text before their error.
    private static bool IsFinished(ChoiceTrackers choices, OutputFormat format, ReplyFailure? fault)
    {
        var hasAll = choices.Started >= format.Choices;
        return choices.AreFinished && !choices.HaveWithdrawnFinish
            && (fault is null ? hasAll || format.Prompts == 1 : hasAll && choices.HaveContent);
    }

    // Each prompt has a choice, and [DONE] replaces the finish reasons that are missing or that more text has followed.
    private static bool IsCompletedByDone(ChoiceTrackers choices, OutputFormat format, ReadOnlySpan<byte> text)
    {
        if (choices.Started < format.Prompts)
        {
            return false;
        }

        var mayLackReasons = format.MayEndWithDone ? choices.Started > 0 : choices.HaveBeenFinished;
        return choices.AreFinished || (mayLackReasons && !RecordText.IsError(text));
    }
}
