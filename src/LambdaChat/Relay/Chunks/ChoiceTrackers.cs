using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The trackers of a reply's choices, by index.</summary>
internal sealed class ChoiceTrackers(OutputFormat format)
{
    private ChoiceTracker?[] _trackers = new ChoiceTracker?[1];

    /// <summary>The highest index that may have a tracker, plus one.</summary>
    public int Length => _trackers.Length;

    /// <summary>The number of choices that have begun.</summary>
    public int Started => _trackers.Count(tracker => tracker is not null);

    /// <summary>Chunks with text so far, of all choices.</summary>
    public long Tokens => _trackers.Sum(tracker => (long)(tracker?.Tokens ?? 0));

    /// <summary>The bytes of the texts and tool calls so far, of all choices.</summary>
    public long TextLength { get; set; }

    /// <summary>True once a choice has begun and each that has begun has its finish reason.</summary>
    public bool AreFinished => Started > 0 && Array.TrueForAll(_trackers, tracker => tracker is null || IsEnd(tracker.Finish));

    /// <summary>True once each choice that has begun has its finish reason, or had one before its last text.</summary>
    public bool HaveBeenFinished => Started > 0
        && Array.TrueForAll(_trackers, tracker => tracker is null || IsEnd(tracker.Finish) || IsEnd(tracker.WithdrawnFinish));

    /// <summary>True while a chunk waits that has more than a finish reason. This is sent if the next record is late.</summary>
    public bool HoldContent => Array.Exists(_trackers, tracker => tracker is { HoldsContent: true });

    /// <summary>True if each choice that has begun has text or a tool call.</summary>
    public bool HaveContent => Array.TrueForAll(_trackers, tracker => tracker is null or { HasContent: true });

    /// <summary>True if more text has followed a finish reason.</summary>
    public bool HaveWithdrawnFinish => Array.Exists(_trackers, tracker => tracker is { HasWithdrawnFinish: true });

    /// <summary>The number of tool calls whose arguments are not complete JSON.</summary>
    public int IncompleteToolCalls => _trackers.Sum(tracker => tracker?.ToolCalls.IncompleteCount ?? 0);

    /// <summary>The tracker of a choice that has begun; null for another.</summary>
    public ChoiceTracker? this[int index] => _trackers[index];

    /// <summary>The index for the client. If one choice was requested, every choice has the index 0.</summary>
    /// <exception cref="JsonException">The server's index is not from 0 to 127.</exception>
    public int IndexOf(in ChoiceLayout choice) =>
        format.Choices == 1 ? 0
        : choice.Index != ChoiceLayout.InvalidIndex ? choice.Index
        : throw new JsonException();

    private static bool IsEnd(FinishReason reason) => reason is not (FinishReason.None or FinishReason.Failed);

    /// <summary>The tracker of a choice, created where it has none.</summary>
    /// <param name="index">0 to 127.</param>
    public ChoiceTracker Get(int index)
    {
        if (index >= _trackers.Length)
        {
            Array.Resize(ref _trackers, Math.Max(2 * _trackers.Length, index + 1));
        }

        return _trackers[index] ??= new ChoiceTracker(
            format.IsChat ? format.Think : Models.ThinkMode.Off, format.HasTools, format.MakesParagraphs);
    }
}
