using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Tells a <c>message</c> that is the answer from one that repeats it: some servers send the message so far beside each delta, or the whole
/// message in the last event of a stream. In a completion, the answer may also be beside an empty delta (Perplexity).
/// </summary>
internal static class RepeatedMessages
{
    /// <summary>True if the message of a choice is its answer, or a part of it.</summary>
    public static bool IsAnswer(in ChoiceLayout choice, in Chunk record, ChoiceTrackers choices)
    {
        if (choice.Message.Type != JsonTokenType.StartObject)
        {
            return false;
        }

        var isFinished = FinishReasons.Of(record, choice) != FinishReason.None;
        return (!choice.HasDelta || (isFinished && !choice.HasContent && !choice.HasParts))
            && Find(choice, choices) is not { HasAnswer: true, HasMessage: false };
    }

    /// <summary>True if the thinking before the answer came in deltas. Ask before the message is noted.</summary>
    public static bool HasThinkingInDeltas(in ChoiceLayout choice, ChoiceTrackers choices) =>
        Find(choice, choices) is { HasThinking: true, HasMessage: false };

    /// <summary>Notes that the answer comes in a message.</summary>
    public static void NoteMessage(in ChoiceLayout choice, ChoiceTrackers choices) =>
        choices.Get(choices.IndexOf(choice)).HasMessage = true;

    private static ChoiceTracker? Find(in ChoiceLayout choice, ChoiceTrackers choices)
    {
        var index = choices.IndexOf(choice);
        return index < choices.Length ? choices[index] : null;
    }
}
