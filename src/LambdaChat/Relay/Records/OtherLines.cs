using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Records;

/// <summary>
/// The lines that a server writes between its records: JSON, which is a record too and may have several lines, and text. Not thread-safe.
/// </summary>
internal sealed class OtherLines
{
    private const int MaximumDocumentLength = 64 * 1024;
    private const int MaximumTextLength = 4096;

    private readonly ByteBuffer _document = new(1024);
    private readonly ByteBuffer _text = new(256);
    private JsonProgress _progress;

    /// <summary>True while lines of a JSON document are missing.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The text since <see cref="ClearText"/>.</summary>
    public ReadOnlySpan<byte> Text => _text.Span;

    /// <summary>True for the first line of a JSON document that has more lines.</summary>
    public static bool IsFirst(in ServerRecord line) => line.Data is [(byte)'{', .., not (byte)'}'] or [(byte)'{'] && !line.IsText;

    /// <summary>Takes a line. False while no record is complete.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, out ServerRecord record)
    {
        record = new ServerRecord(line, RecordKind.Message);
        if (IsOpen || IsFirst(record))
        {
            return TryTakeDocumentLine(line, out record);
        }

        if (record.IsDone || (record.Data is [(byte)'{', ..] && !record.IsText))
        {
            return true;
        }

        AddText(record.Data);
        return false;
    }

    /// <summary>Adds a line of text.</summary>
    public void AddText(ReadOnlySpan<byte> line)
    {
        if (line.Length > 0 && _text.Length < MaximumTextLength)
        {
            _text.Append(line[..Math.Min(line.Length, MaximumTextLength)]);
            _text.Append("\n"u8);
        }
    }

    /// <summary>Returns the JSON document whose last lines are missing; false if no document is open.</summary>
    public bool TryClose(out ServerRecord record)
    {
        record = IsOpen ? new ServerRecord(_document.Span, RecordKind.Message) : default;
        IsOpen = false;
        return record.Data.Length > 0;
    }

    /// <summary>A record follows the text.</summary>
    public void ClearText() => _text.Clear();

    private bool TryTakeDocumentLine(ReadOnlySpan<byte> line, out ServerRecord record)
    {
        if (!IsOpen)
        {
            _document.Clear();
            _progress = default;
        }

        _document.Append(line);
        _document.Append("\n"u8);
        _progress.AddPlain(line);
        IsOpen = !_progress.IsComplete && !_progress.IsInText && _document.Length < MaximumDocumentLength;
        record = new ServerRecord(_document.Span, RecordKind.Message);
        return !IsOpen;
    }
}
