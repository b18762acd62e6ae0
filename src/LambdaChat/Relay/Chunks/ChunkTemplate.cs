using System.Text.Unicode;
using LambdaChat.Json;
using LambdaChat.Relay.Reasoning;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Fast path for consecutive chunks that differ only in their text, as most chunks of a reply do. If a record equals the previous one
/// before and after its text, and the text passes unchanged, the edits of the previous chunk are reused.
/// </summary>
internal sealed class ChunkTemplate
{
    private readonly ByteBuffer _record = new(512);
    private readonly ByteBuffer _chunk = new(512);
    private int _misses;
    private int _recordHead;
    private int _chunkHead;
    private bool _isReasoning;

    /// <summary>The choice of the previous chunk; null if that chunk is not kept.</summary>
    public ChoiceTracker? Tracker { get; private set; }

    /// <summary>True if the text is thinking, in any field.</summary>
    public bool IsThinkingText { get; private set; }

    /// <summary>False if several chunks in a row differed from their predecessors. Then most further chunks are not copied.</summary>
    public bool IsWanted => _misses < 4 || _misses % 32 == 0;

    /// <summary>Forgets the previous chunk.</summary>
    public void Clear()
    {
        Tracker = null;
        _misses++;
    }

    /// <summary>Keeps a record and the chunk made from it.</summary>
    /// <param name="textStart">Where the record's text begins.</param>
    /// <param name="textEnd">Where it ends.</param>
    /// <param name="chunkTextStart">Where the chunk's text begins; it is as long as the record's.</param>
    /// <param name="isReasoning">True if the content is thinking.</param>
    /// <param name="isThinkingText">True if the text is thinking, in any field.</param>
    public void Keep(
        ReadOnlySpan<byte> record, int textStart, int textEnd, ReadOnlySpan<byte> chunk, int chunkTextStart, ChoiceTracker tracker,
            bool isReasoning, bool isThinkingText)
    {
        (_recordHead, _chunkHead) = (textStart, chunkTextStart);
        (Tracker, _isReasoning, IsThinkingText) = (tracker, isReasoning, isThinkingText);
        Keep(_record, record, textStart, textEnd);
        Keep(_chunk, chunk, chunkTextStart, chunkTextStart + textEnd - textStart);
    }

    /// <summary>Writes the chunk of a record that differs from the previous one only in its text; false for any other record.</summary>
    public bool TryWrite(ReadOnlySpan<byte> record, ByteBuffer output)
    {
        var head = _record.Span[.._recordHead];
        var tail = _record.Span[_recordHead..];
        if (Tracker is not { IsThinkOpen: false } tracker || record.Length < head.Length + tail.Length || !record.StartsWith(head)
            || !record.EndsWith(tail))
        {
            return false;
        }

        var text = record[head.Length..^tail.Length];
        if (text.IsEmpty || !JsonText.IsSimple(text) || !PassesUnchanged(text, tracker))
        {
            return false;
        }

        _misses = 0;
        output.Clear();
        output.Append(_chunk.Span[.._chunkHead]);
        output.Append(text);
        output.Append(_chunk.Span[_chunkHead..]);
        return true;
    }

    /// <summary>The text of a record that <see cref="TryWrite"/> has taken, escaped as in JSON.</summary>
    public ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> record) => record[_recordHead..^(_record.Length - _recordHead)];

    // The first answer after thinking ends it, which is not left to this path.
    private bool PassesUnchanged(ReadOnlySpan<byte> text, ChoiceTracker tracker)
    {
        var isDecided = _isReasoning ? tracker.Tags.IsThinking && !ThinkTags.MayHoldTag(text)
            : IsThinkingText ? tracker.Tags.IsSeparated
            : tracker.Tags.IsAnswer && !tracker.Thinking.HasStarted;
        return isDecided && (IsThinkingText ? tracker.Thinking : tracker.Content).PassesUnchanged(text) && Utf8.IsValid(text);
    }

    private static void Keep(ByteBuffer buffer, ReadOnlySpan<byte> json, int textStart, int textEnd)
    {
        buffer.Clear();
        buffer.Append(json[..textStart]);
        buffer.Append(json[textEnd..]);
    }
}
