using System.Text;

namespace LambdaChat.Streaming.Sse;

/// <summary>
/// Reassembles the lines of an <c>application/jsonlines</c> body, which may be split anywhere. It does not parse the JSON in them.
/// A line that is complete in the input is returned without a copy. Only split lines are copied. A line is valid until the next call,
/// and while its input is valid. Not thread-safe.
/// Spec: https://jsonlines.org/
/// </summary>
public sealed class JsonLinesReader : IDisposable
{
    /// <summary>The default cap of a line in bytes.</summary>
    public const int DefaultLengthCap = SseReassembler.DefaultLengthCap;

    private readonly int _lineLengthCap;
    private readonly ByteBuffer _line; // The incomplete line at the end of the last input.
    private bool _isAfterFirstLine;
    private SseLimitException? _failure;

    /// <summary>Creates a reader that rejects lines above the cap, in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The cap is not positive.</exception>
    public JsonLinesReader(int lineLengthCap = DefaultLengthCap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lineLengthCap);
        _lineLengthCap = lineLengthCap;
        _line = SseCaps.CreateBuffer(lineLengthCap);
    }

    /// <summary>True while the input has ended inside a line.</summary>
    public bool IsMidLine => UnfinishedLength > 0;

    /// <summary>The bytes of the line that is not complete.</summary>
    public int UnfinishedLength => _line.Length;

    /// <summary>
    /// Takes the next line that is not blank from the front of <paramref name="input"/>, without its end; false if the input has no further
    /// complete line.
    /// </summary>
    /// <exception cref="SseLimitException">A line is above the cap. Further calls throw the same exception.</exception>
    public bool TryRead(scoped ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        ThrowIfFailed();
        while (TryReadLine(ref input, out line))
        {
            if (!IsBlank(line))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Takes the last line if the input ended without a line end. Spec: "Including a line terminator after the last JSON value in a file is
    /// strongly recommended but not required."
    /// </summary>
    /// <exception cref="SseLimitException">A line was above the cap.</exception>
    public bool TryReadUnfinished(out ReadOnlySpan<byte> line)
    {
        ThrowIfFailed();
        line = FinishLine(_line.Span);
        return !IsBlank(line);
    }

    /// <summary>Returns the buffer to the pool.</summary>
    public void Dispose() => _line.Return();

    // Spec: "Line Terminator is '\n'. This means '\r\n' is also supported because surrounding white space is implicitly ignored when
    // parsing JSON values." A CR alone also ends a line, so CR LF gives a line and a blank one. JSON strings contain no CR: "the control
    // characters (U+0000 through U+001F)" must be escaped (https://www.rfc-editor.org/rfc/rfc8259#section-7).
    private bool TryReadLine(scoped ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        var end = input.IndexOfAny((byte)'\n', (byte)'\r');
        if (end < 0)
        {
            Append(input);
            input = line = default;
            return false;
        }

        line = input[..end];
        input = input[(end + 1)..];
        if (_line.Length > 0 || line.Length > _lineLengthCap)
        {
            Append(line);
            line = _line.Span;
        }

        line = FinishLine(line);
        return true;
    }

    // Spec: "Like the JSON standard a byte order mark (U+FEFF) must NOT be included." One at the start is ignored, as RFC 8259, section
    // 8.1, allows: "implementations that parse JSON texts MAY ignore the presence of a byte order mark".
    private ReadOnlySpan<byte> FinishLine(ReadOnlySpan<byte> line)
    {
        var isFirst = !_isAfterFirstLine;
        _isAfterFirstLine = true;
        _line.Clear();
        return isFirst && line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept((byte)' ', (byte)'\t');

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (!_line.TryAppend(bytes))
        {
            throw _failure = new SseLimitException(SseLimit.Line, _lineLengthCap);
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }
}
