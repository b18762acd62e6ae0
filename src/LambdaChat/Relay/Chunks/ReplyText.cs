using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// One text of a choice, which arrives in pieces, escaped as in JSON. White space that may be meaningless is held until more text arrives,
/// and is dropped if no text follows. In an answer, this is the white space at its start. In thinking, it is line feeds at the end of a
/// piece. Several blank lines in thinking become one, because NextChat begins a quoted paragraph only at exactly two line feeds in one
/// piece. Line feeds and a <c>&lt;think&gt;</c> tag at the start of thinking are dropped: vLLM's <c>deepseek_r1</c> parser sends the tag
/// if its first delta has several tokens. A part of the tag is held like white space. Not thread-safe.
/// </summary>
/// <param name="isThinking">True for thinking, false for the answer.</param>
/// <param name="makesParagraphs">True to make each line of the thinking a paragraph.</param>
internal sealed class ReplyText(bool isThinking, bool hasStarted = false, bool makesParagraphs = false)
{
    private const int MaximumPending = 4096; // Bytes.

    private readonly int _breakLength = makesParagraphs ? 1 : 2; // Line ends that become a blank line.
    private ByteBuffer? _pending;
    private ByteBuffer? _tag; // The beginning of the text, while it may be a part of a tag.
    private bool _isNoTag; // The beginning of the text is not part of a tag.

    private static ReadOnlySpan<byte> Tag => "<think>"u8;

    private static ReadOnlySpan<byte> EscapedTag => "\\u003cthink\\u003e"u8;

    /// <summary>True once text other than white space was passed on.</summary>
    public bool HasStarted { get; private set; } = hasStarted;

    /// <summary>True while white space waits for more text.</summary>
    public bool HasPending => _pending is { Length: > 0 };

    /// <summary>True while the beginning of the text waits because it may be a part of a tag.</summary>
    public bool HoldsTag => _tag is { Length: > 0 };

    /// <summary>Takes the held beginning, which is not a tag. The caller passes it on as the next piece.</summary>
    public byte[] TakeTag()
    {
        var tag = _tag!.Span.ToArray();
        _tag.Clear();
        _isNoTag = true;
        return tag;
    }

    /// <summary>True if a piece that is not the last one passes unchanged, and changes nothing here.</summary>
    public bool PassesUnchanged(ReadOnlySpan<byte> text) => HasStarted && !HasPending
        && !(isThinking && (JsonWhiteSpace.MayEndInLineFeed(text) || FindBreak(text, 0) < text.Length));

    /// <summary>Takes a piece; false if it passes unchanged.</summary>
    /// <param name="text">The piece, without its quotes.</param>
    /// <param name="output">Receives the held white space and the rest of the piece.</param>
    /// <param name="isLast">True if no more of the text follows.</param>
    public bool TryEdit(ReadOnlySpan<byte> text, ByteBuffer output, bool isLast = false)
    {
        _isNoTag |= isLast;
        if (PassesUnchanged(text))
        {
            return false;
        }

        if (HasStarted || !isThinking)
        {
            Edit(text, output);
        }
        else
        {
            EditStart(text, output);
        }

        return !output.Span.SequenceEqual(text);
    }

    /// <summary>
    /// The position at which to divide the first piece of the thinking: its first blank line. 0 if the piece must not be divided.
    /// </summary>
    public int FindCut(ReadOnlySpan<byte> text)
    {
        if (!isThinking || HasStarted)
        {
            return 0;
        }

        var start = FindStart(text);
        var cut = FindBreak(text, start);
        return cut > start && !JsonWhiteSpace.IsBlank(text[cut..]) ? cut : 0;
    }

    /// <summary>Returns the held white space, and forgets it.</summary>
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
        _tag?.Clear();
        HasStarted = _isNoTag = false;
    }

    private void EditStart(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        var isHeld = MayBeTag(text);
        if (isHeld || HoldsTag)
        {
            _tag ??= new ByteBuffer(32);
            _tag.Append(text);
            text = _tag.Span;
            isHeld = MayBeTag(text);
        }

        output.Clear();
        if (!isHeld)
        {
            Edit(text, output);
            _tag?.Clear();
        }
    }

    private void Edit(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        var start = HasStarted ? 0 : FindStart(text);
        if (start > 0)
        {
            _pending?.Clear(); // The held white space stands before a line feed or a tag, which is dropped.
        }

        var end = isThinking ? JsonWhiteSpace.TrimEndLineFeeds(text, start) : JsonWhiteSpace.IsBlank(text[start..]) && !HasStarted
            ? start
            : text.Length;
        if ((!HasStarted || HasPending) && JsonWhiteSpace.IsBlank(text[start..end]))
        {
            end = start; // Other white space is held like line feeds.
        }

        output.Clear();
        if (end > start)
        {
            AppendWithPending(text[start..end], output);
        }

        HasStarted |= end > start;
        Keep(text[end..]);
    }

    private bool MayBeTag(ReadOnlySpan<byte> text)
    {
        if (_isNoTag)
        {
            return false;
        }

        text = text[JsonWhiteSpace.SkipBlanks(text, 0)..];
        return text.Length > 0
            && ((text.Length < Tag.Length && Tag.StartsWith(text)) || (text.Length < EscapedTag.Length && EscapedTag.StartsWith(text)));
    }

    private int FindStart(ReadOnlySpan<byte> text)
    {
        if (!isThinking)
        {
            return 0;
        }

        var start = JsonWhiteSpace.SkipLineFeeds(text, 0);
        var tag = JsonWhiteSpace.SkipBlanks(text, start);
        var length = text[tag..].StartsWith(Tag) ? Tag.Length : text[tag..].StartsWith(EscapedTag) ? EscapedTag.Length : 0;
        return length == 0 ? start : JsonWhiteSpace.SkipLineFeeds(text, tag + length);
    }

    // White space that was kept and white space at the beginning of the piece can be one blank line.
    private void AppendWithPending(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        if (HasPending)
        {
            _pending!.Append(text);
            AppendLines(_pending.Span, output);
            _pending.Clear();
        }
        else
        {
            AppendLines(text, output);
        }
    }

    private void AppendLines(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        for (int found; isThinking && (found = FindBreak(text, 0)) < text.Length;)
        {
            output.Append(text[..found]);
            output.Append("\\n\\n"u8);
            JsonWhiteSpace.CountLineEnds(text, found, out var lineStart);
            text = text[lineStart..];
        }

        output.Append(text);
    }

    // The position of the next blank line; the length of the text if no blank line follows.
    private int FindBreak(ReadOnlySpan<byte> text, int start)
    {
        while ((start = JsonWhiteSpace.FindLineEnd(text, start)) < text.Length
            && JsonWhiteSpace.CountLineEnds(text, start, out var lineStart) < _breakLength)
        {
            start = lineStart;
        }

        return start;
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
