using System.Buffers;
using LambdaChat.Json;
using LambdaChat.Relay.Reasoning;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The chunk before, as a form in which only the text changes: most chunks of a reply differ in nothing else. Where a record is the same
/// up to its text and behind it, and the text needs no look, it is the same JSON, and what was edited in the chunk before is edited in it.
/// </summary>
internal sealed class ChunkTemplate
{
    // A quote, a backslash or a control character: the text may end there, or need more than a copy.
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8);

    private readonly ByteBuffer _record = new(512);
    private readonly ByteBuffer _chunk = new(512);
    private int _misses;
    private int _recordHead;
    private int _chunkHead;
    private ChoiceTracker? _state;
    private bool _isReasoning;

    /// <summary>The choice that the chunk before belongs to.</summary>
    public ChoiceTracker? State => _state;

    /// <summary>True where keeping the next chunk is worth its copy: not where many in a row were unlike the one before.</summary>
    public bool IsWanted => _misses < 4 || _misses % 32 == 0;

    /// <summary>Nothing is like the next record.</summary>
    public void Clear()
    {
        _state = null;
        _misses++;
    }

    /// <summary>Keeps a record and the chunk made of it. Each is given with the place and the end of its text.</summary>
    public void Keep(ReadOnlySpan<byte> record, int text, int end, ReadOnlySpan<byte> chunk, int chunkText, ChoiceTracker state, bool isReasoning)
    {
        (_recordHead, _chunkHead) = (text, chunkText);
        (_state, _isReasoning) = (state, isReasoning);
        Keep(_record, record, text, end);
        Keep(_chunk, chunk, chunkText, chunkText + end - text);
    }

    /// <summary>Writes the chunk of a record that is like the one before; false where it is not.</summary>
    public bool TryWrite(ReadOnlySpan<byte> record, ByteBuffer output)
    {
        var head = _record.Span[.._recordHead];
        var tail = _record.Span[_recordHead..];
        if (_state is not { IsThinkOpen: false } || record.Length < head.Length + tail.Length || !record.StartsWith(head) || !record.EndsWith(tail))
        {
            return false;
        }

        var text = record[head.Length..^tail.Length];
        if (text.IsEmpty || text.ContainsAny(Special) || !(_isReasoning ? _state.Tags.IsThinking && !ThinkTags.MayHoldTag(text) : _state.Tags.IsAnswer))
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

    private static void Keep(ByteBuffer buffer, ReadOnlySpan<byte> json, int text, int end)
    {
        buffer.Clear();
        buffer.Append(json[..text]);
        buffer.Append(json[end..]);
    }
}
