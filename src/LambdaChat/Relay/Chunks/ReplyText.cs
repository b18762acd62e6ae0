using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// One text of a choice that arrives in pieces, escaped as in JSON. White space that may be meaningless is held until more text arrives,
/// and dropped if none does. In thinking, this is line feeds at the end of a piece, because NextChat quotes thinking line by line; line
/// feeds and a <c>&lt;think&gt;</c> at the beginning are dropped (vLLM's <c>deepseek_r1</c> parser sends the tag if its first delta has
/// several tokens). In an answer, it is white space at the beginning. Not thread-safe.
/// </summary>
internal sealed class ReplyText(bool dropsLineFeeds, bool hasStarted = false)
{
    private const int MaximumPending = 4096;

    private ByteBuffer? _pending;

    /// <summary>True once text other than white space was passed on.</summary>
    public bool HasStarted { get; private set; } = hasStarted;

    /// <summary>True while white space waits for more text.</summary>
    public bool HasPending => _pending is { Length: > 0 };

    /// <summary>Takes a piece; false if it passes unchanged.</summary>
    /// <param name="text">The piece, without its quotes.</param>
    /// <param name="output">Receives the held white space and the rest of the piece.</param>
    public bool TryEdit(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        if (HasStarted && !HasPending && !(dropsLineFeeds && JsonWhiteSpace.MayEndInLineFeed(text)))
        {
            return false;
        }

        var start = HasStarted ? 0 : FindStart(text);
        if (start > 0)
        {
            _pending?.Clear(); // It precedes a line feed or a tag at the beginning.
        }

        var end = dropsLineFeeds ? JsonWhiteSpace.TrimEndLineFeeds(text, start) : JsonWhiteSpace.IsBlank(text[start..]) && !HasStarted
            ? start
            : text.Length;
        if (end > start && !(HasStarted || !JsonWhiteSpace.IsBlank(text[start..end])))
        {
            end = start; // Other white space is held like line feeds.
        }

        output.Clear();
        if (end > start)
        {
            output.Append(_pending is null ? default : _pending.Span);
            _pending?.Clear();
            output.Append(text[start..end]);
        }

        var isSame = start == 0 && end == text.Length && output.Length == text.Length;
        HasStarted |= end > start;
        Keep(text[end..]);
        return !isSame;
    }

    /// <summary>Takes the white space that waits.</summary>
    public ReadOnlySpan<byte> TakePending()
    {
        var pending = _pending is null ? default : _pending.Span;
        _pending?.Clear();
        return pending;
    }

    /// <summary>Ends the text: drops the pending white space and treats the next piece as the start of a new text.</summary>
    public void End()
    {
        _pending?.Clear();
        HasStarted = false;
    }

    private int FindStart(ReadOnlySpan<byte> text)
    {
        if (!dropsLineFeeds)
        {
            return 0;
        }

        var start = JsonWhiteSpace.SkipLineFeeds(text, 0);
        var tag = JsonWhiteSpace.SkipBlanks(text, start);
        var length = text[tag..].StartsWith("<think>"u8) ? 7 : text[tag..].StartsWith("\\u003cthink\\u003e"u8) ? 17 : 0;
        return length == 0 ? start : JsonWhiteSpace.SkipLineFeeds(text, tag + length);
    }

    private void Keep(ReadOnlySpan<byte> blanks)
    {
        if (blanks.IsEmpty || (_pending is not null && _pending.Length + blanks.Length > MaximumPending))
        {
            return;
        }

        _pending ??= new ByteBuffer(32);
        _pending.Append(blanks);
    }
}
