namespace LambdaChat.Streaming.Sse;

// Lines outside the specification.
public sealed partial class SseReassembler
{
    private readonly ByteBuffer _next = new(64); // The line after an event that has no blank line.

    private static ReadOnlySpan<byte> Blanks => "\uFEFF \t"u8;

    // Some servers write JSON of several lines behind a single "data:".
    private bool TryProcessOtherLine(ReadOnlySpan<byte> name, ReadOnlySpan<byte> line, out SseEvent sseEvent)
    {
        if (!_block.HasData)
        {
            var field = line.TrimStart(Blanks);
            if (field.Length < line.Length && IsField(field))
            {
                return TryProcessLine(field, out sseEvent); // Blanks or a byte order mark precede each event.
            }

            sseEvent = new SseEvent(default, line, _block.LastEventId);
            return true;
        }

        var continues = LenientLines.Continues(_block.Data, line);
        if (!continues && !LenientLines.IsIgnoredField(name, line))
        {
            return TryEndEvent(line, out sseEvent);
        }

        _block.Add(continues ? "data"u8 : name, line);
        sseEvent = default;
        return false;
    }

    // Returns the event before a line, which is read next.
    private bool TryEndEvent(ReadOnlySpan<byte> line, out SseEvent sseEvent)
    {
        _next.Append(line);
        return _block.TryDispatch(out sseEvent);
    }

    private bool TryProcessNext(out SseEvent sseEvent)
    {
        var line = _next.Span;
        _next.Clear();
        return TryProcessLine(line, out sseEvent);
    }
}
