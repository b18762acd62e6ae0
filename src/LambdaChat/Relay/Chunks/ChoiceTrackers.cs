using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The trackers of a reply's choices, by index.</summary>
internal sealed class ChoiceTrackers(OutputFormat format)
{
    private const int LongestToken = 64; // Bytes. The longest ones are white space.
    private const int BytesPerToken = 3; // Of English text four, of Chinese text three.

    private ChoiceTracker?[] _trackers = new ChoiceTracker?[1];
    private int _records;
    private long _noted; // The text length at the last record.

    /// <summary>The highest index that may have a tracker, plus one.</summary>
    public int Length => _trackers.Length;

    /// <summary>The number of choices that have begun.</summary>
    public int Started => _trackers.Count(tracker => tracker is not null);

    /// <summary>Chunks with text so far, of all choices.</summary>
    public long Tokens => _trackers.Sum(tracker => (long)(tracker?.Tokens ?? 0));

    /// <summary>The bytes of the texts and of the arguments of calls so far, of all choices.</summary>
    public long TextLength { get; set; }

    /// <summary>
    /// The tokens so far, estimated: one for each record. A record with a longer text, such as a document, has one for every three bytes.
    /// </summary>
    public long RecordTokens { get; private set; }

    /// <summary>True once a choice has begun and each that has begun has its finish reason.</summary>
    public bool AreFinished => Started > 0 && Array.TrueForAll(_trackers, tracker => tracker is null || IsEnd(tracker.Finish));

    /// <summary>True once each choice that has begun has its finish reason, or had one before its last text.</summary>
    public bool HaveBeenFinished => Started > 0
        && Array.TrueForAll(_trackers, tracker => tracker is null || IsEnd(tracker.Finish) || IsEnd(tracker.WithdrawnFinish));

    /// <summary>True while a finish reason waits.</summary>
    public bool HoldFinish => Array.Exists(_trackers, tracker => tracker is { HoldsFinish: true });

    /// <summary>True while a chunk waits that has more than a finish reason and a usage. This is sent if the next record is late.</summary>
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

    /// <summary>Counts the tokens of a record.</summary>
    /// <param name="count">The number of records so far.</param>
    public void NoteRecords(int count)
    {
        if (count > _records)
        {
            var length = TextLength - _noted;
            RecordTokens += length <= LongestToken ? 1 : (length + BytesPerToken - 1) / BytesPerToken;
            (_records, _noted) = (count, TextLength);
        }
    }

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
