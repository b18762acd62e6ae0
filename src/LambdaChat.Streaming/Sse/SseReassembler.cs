using System.Runtime.CompilerServices;
using System.Text;

namespace LambdaChat.Streaming.Sse;

/// <summary>
/// Reassembles the events of a <c>text/event-stream</c> body, which may be split anywhere. An event that is complete in the input is
/// returned without a copy. Only split events are copied. Not thread-safe.
/// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
/// </summary>
public sealed partial class SseReassembler : IDisposable
{
    /// <summary>The default cap of a line and of an event's data, in bytes.</summary>
    public const int DefaultLengthCap = 1024 * 1024;

    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private readonly SseCaps _caps;
    private readonly SseBlock _block;
    private readonly ByteBuffer _line; // The incomplete line at the end of the last input.
    private bool _isAfterFirstLine;
    private bool _skipsLineFeed; // The previous line ended in CR, so a following LF belongs to it.

    private readonly bool _isLenient;

    /// <summary>Creates a reassembler.</summary>
    /// <param name="lineLengthCap">Maximum length of a line, in bytes.</param>
    /// <param name="eventLengthCap">Maximum length of an event's data, in bytes.</param>
    /// <param name="isLenient">
    /// True to read what some model servers send outside the specification: a line that is neither a field nor a comment is returned alone,
    /// see <see cref="SseEvent.IsOtherLine"/>; after a data line it continues the data if it begins as a line inside a JSON document. The
    /// field <c>error</c> is the data of an event of the type <c>error</c>. A line that cannot continue the data before it ends its event:
    /// see <see cref="LenientLines"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A cap is not positive.</exception>
    public SseReassembler(int lineLengthCap = DefaultLengthCap, int eventLengthCap = DefaultLengthCap, bool isLenient = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lineLengthCap);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(eventLengthCap);
        _isLenient = isLenient;
        _caps = new SseCaps(lineLengthCap, eventLengthCap);
        _block = new SseBlock(_caps, isLenient);
        _line = SseCaps.CreateBuffer(lineLengthCap);
    }

    /// <summary>The last reconnection time that the stream set, in milliseconds.</summary>
    public long? ReconnectionTime => _block.ReconnectionTime;

    /// <summary>The number of comment lines so far.</summary>
    public int CommentCount { get; private set; }

    /// <summary>True while the input has ended inside an event.</summary>
    public bool IsMidEvent => _block.IsUnderWay || _line.Length > 0 || _next.Length > 0;

    /// <summary>True for a line that is a field or a comment.</summary>
    public static bool IsField(ReadOnlySpan<byte> line) =>
        line.IndexOf((byte)':') is var colon && (colon == 0 || SseBlock.IsField(colon < 0 ? line : line[..colon]));

    /// <summary>Takes the next complete event from the front of <paramref name="input"/>; false if it has no further one.</summary>
    /// <exception cref="SseLimitException">A line or an event is above its cap. Further calls throw the same exception.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // Inlining it into a loop would prevent that its small methods are inlined.
    public bool TryRead(scoped ref ReadOnlySpan<byte> input, out SseEvent sseEvent)
    {
        _caps.ThrowIfFailed();
        if (_next.Length > 0 && TryProcessNext(out sseEvent))
        {
            return true;
        }

        while (!input.IsEmpty)
        {
            if (!TryReadLine(ref input, out var line))
            {
                break;
            }

            if (IsWholeEvent(line, input))
            {
                sseEvent = new SseEvent("message"u8, WithoutLeadingSpace(line[5..]), _block.LastEventId);
                input = input[1..];
                return true;
            }

            if (TryProcessLine(line, out sseEvent))
            {
                return true;
            }
        }

        sseEvent = default;
        return false;
    }

    /// <summary>
    /// Takes the last event if the stream ended without its blank line. The spec discards it ("Once the end of the file is reached, any
    /// pending data must be discarded"), but model servers omit the blank line.
    /// </summary>
    /// <exception cref="SseLimitException">The event is above its cap.</exception>
    public bool TryReadUnfinished(out SseEvent sseEvent)
    {
        _caps.ThrowIfFailed();
        if (_next.Length > 0 && TryProcessNext(out sseEvent))
        {
            return true;
        }

        if (_line.Length > 0)
        {
            var line = WithoutByteOrderMark(_line.Span);
            _line.Clear();
            if (!line.IsEmpty && TryProcessLine(line, out sseEvent))
            {
                return true;
            }
        }

        return _block.TryDispatch(out sseEvent);
    }

    /// <summary>Returns the buffers to the pool.</summary>
    public void Dispose()
    {
        _line.Return();
        _block.Dispose();
    }

    // The form of nearly every block of a model server: one data line and LF LF. Its data need not be copied.
    private bool IsWholeEvent(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest) =>
        !rest.IsEmpty && rest[0] == LineFeed && !_skipsLineFeed && !_block.IsUnderWay &&
        line.StartsWith("data:"u8) && line.Length - 5 <= _caps.EventLength;

    // Spec: "lines must be separated by either a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A
    // LINE FEED (LF) character, or a single U+000D CARRIAGE RETURN (CR) character." A line ends at its CR, without waiting for the LF.
    private bool TryReadLine(scoped ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        if (_skipsLineFeed)
        {
            _skipsLineFeed = false;
            input = input[0] == LineFeed ? input[1..] : input;
        }

        var end = input.IndexOfAny(LineFeed, CarriageReturn);
        if (end < 0)
        {
            _caps.Append(_line, input, SseLimit.Line);
            input = line = default;
            return false;
        }

        line = input[..end];
        if (_line.Length > 0 || !_isAfterFirstLine || end > _caps.LineLength)
        {
            line = FinishLine(line);
        }

        if (input[end] == CarriageReturn)
        {
            _skipsLineFeed = true;
        }

        input = input[(end + 1)..];
        return true;
    }

    // Completes a line that earlier input began, the first line, or a line that is too long.
    private ReadOnlySpan<byte> FinishLine(ReadOnlySpan<byte> rest)
    {
        _caps.Append(_line, rest, SseLimit.Line);
        var line = WithoutByteOrderMark(_line.Span);
        _line.Clear();
        return line;
    }

    private bool TryProcessLine(ReadOnlySpan<byte> line, out SseEvent sseEvent)
    {
        // Spec: "If the line is empty (a blank line) Dispatch the event, as defined below."
        if (line.IsEmpty)
        {
            return _block.TryDispatch(out sseEvent);
        }

        // Spec: "If the line starts with a U+003A COLON character (:) Ignore the line." An empty name is not a field either.
        // Spec: "Otherwise, the string is not empty but does not contain a U+003A COLON character (:) Process the field […] using the
        // whole line as the field name, and the empty string as the field value."
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : WithoutLeadingSpace(line[(colon + 1)..]);
        if (_isLenient && colon != 0 && !SseBlock.IsField(name))
        {
            return TryProcessOtherLine(name, line, out sseEvent);
        }

        if (_isLenient && _block.HasData && LenientLines.EndsEvent(_block.Data, name, value))
        {
            return TryEndEvent(line, out sseEvent);
        }

        sseEvent = default;
        _block.Begin();
        CommentCount += colon == 0 ? 1 : 0;
        _block.Add(name, value);
        return false;
    }

    // Spec: "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any."
    private ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> line)
    {
        var isFirst = !_isAfterFirstLine;
        _isAfterFirstLine = true;
        return isFirst && line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
    }

    // Spec: "If value starts with a U+0020 SPACE character, remove it from value."
    private static ReadOnlySpan<byte> WithoutLeadingSpace(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && value[0] == (byte)' ' ? value[1..] : value;
}
