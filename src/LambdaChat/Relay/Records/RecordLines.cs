using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Lines of JSON, which may be split anywhere. A document also ends where the next one follows it on the same line. A line is valid until
/// the next call. Not thread-safe.
/// </summary>
internal sealed class RecordLines(int lengthCap) : IDisposable
{
    private readonly JsonLinesReader _lines = new(lengthCap);
    private readonly JoinedDocuments _joined = new();
    private JsonBoundary _boundary; // Of the document at the beginning of the line that has no end yet.
    private State _state;
    private byte _end; // The last byte of the last line's end.

    private enum State
    {
        Blank, // Nothing of the line has come but white space.
        Open,
        Closed, // The document is whole. Another one may follow.
        Other, // Text.
    }

    /// <inheritdoc cref="JsonLinesReader.IsMidLine"/>
    public bool IsMidLine => _lines.IsMidLine;

    /// <inheritdoc cref="JsonLinesReader.UnfinishedLength"/>
    public int UnfinishedLength => _lines.UnfinishedLength;

    // What may precede the first document of a line: also a byte order mark.
    private static ReadOnlySpan<byte> Blanks => "\uFEFF \t"u8;

    private static ReadOnlySpan<byte> Spaces => " \t"u8;

    /// <summary>Takes the next line that is not blank, without its end; false once the input is consumed.</summary>
    /// <param name="end">
    /// The last byte of its end: a LF or CR. The LF of CR LF comes next. Empty if another document follows on the line.
    /// </param>
    /// <exception cref="SseLimitException">A line is above the cap.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line, out ReadOnlySpan<byte> end)
    {
        end = default;
        if (_joined.TryTake(out line))
        {
            end = _joined.HasMore ? default : EndOf(_end);
            return true;
        }

        while (!input.IsEmpty)
        {
            var length = input.IndexOfAny((byte)'\n', (byte)'\r') + 1;
            if (length == 0)
            {
                return TryReadStart(ref input, out line);
            }

            var part = input[..length];
            _end = part[^1];
            input = input[length..];
            if (TryReadLine(part, out line))
            {
                end = _joined.HasMore ? default : EndOf(_end);
                return true;
            }
        }

        line = default;
        return false;
    }

    /// <summary>Takes the last line if the input ended without a line end.</summary>
    public bool TryReadUnfinished(out ReadOnlySpan<byte> line)
    {
        if (_joined.TryTake(out line))
        {
            return true;
        }

        if (!_lines.TryReadUnfinished(out line))
        {
            return false;
        }

        line = First(line);
        return true;
    }

    /// <summary>Takes the documents that follow on the same line, and the end of this line; empty if none follows.</summary>
    public ReadOnlySpan<byte> TakeRest(ref ReadOnlySpan<byte> end)
    {
        end = _joined.HasMore ? EndOf(_end) : end;
        return _joined.TakeRest();
    }

    public void Dispose() => _lines.Dispose();

    private bool TryReadLine(ReadOnlySpan<byte> part, out ReadOnlySpan<byte> line)
    {
        (_boundary, _state) = (default, State.Blank);
        if (!_lines.TryRead(ref part, out line))
        {
            return false;
        }

        line = First(line);
        return true;
    }

    private ReadOnlySpan<byte> First(ReadOnlySpan<byte> line) =>
        line.TrimStart(Blanks) is [(byte)'{', ..] documents ? _joined.TakeFirst(documents).TrimEnd(Spaces) : line;

    private static ReadOnlySpan<byte> EndOf(byte end) => end == (byte)'\n' ? "\n"u8 : "\r"u8;

    // The input has no line end: takes a line that ends where another document follows it.
    private bool TryReadStart(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        line = default;
        while (!input.IsEmpty)
        {
            var isEnd = TryFindEnd(input, out var length);
            Add(input[..length]);
            input = input[length..];
            if (isEnd)
            {
                return TryReadLine("\n"u8, out line);
            }
        }

        return false;
    }

    // True if the line ends at a position of the input; false if the line goes on after it.
    private bool TryFindEnd(ReadOnlySpan<byte> input, out int length)
    {
        var blanks = input.Length - input.TrimStart(_state == State.Blank ? Blanks : Spaces).Length;
        length = input.Length;
        switch (_state)
        {
            case State.Blank when blanks < input.Length:
                _state = input[blanks] == (byte)'{' ? State.Open : State.Other;
                length = blanks;
                return false;
            case State.Open when _boundary.FindEnd(input) is var end and >= 0:
                _state = State.Closed;
                length = end;
                return _joined.IsUnderWay;
            case State.Closed when blanks < input.Length:
                _state = State.Other;
                length = blanks;
                return _joined.IsUnderWay |= JoinedDocuments.IsStart(input[blanks]);
            default:
                return false;
        }
    }

    private void Add(ReadOnlySpan<byte> bytes) => _lines.TryRead(ref bytes, out _);
}
