using LambdaChat.Models;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

// Lines of JSON.
internal sealed partial class RecordReader
{
    private bool TryReadLine(ref ReadOnlySpan<byte> payload, out ServerRecord record)
    {
        _lines ??= new RecordLines(MaximumDocumentLength);
        while (_lines.TryRead(ref payload, out var line, out var end))
        {
            record = new ServerRecord(line, RecordKind.Message);
            if (IsFirstField(line))
            {
                BeginEvents(line);
                Feed(end);
                return TryReadEvent(ref payload, out record);
            }

            if (IsBetweenRecords(record))
            {
                _other.TryTake(line, out _);
                continue;
            }

            if ((record.IsText && !_other.IsOpen) || (_isFirstLine && !IsComplete(line)))
            {
                // The line begins a JSON document of several lines, a text instead of a reply, or an HTML page.
                _framing = RecordFraming.Json;
                Gather(line);
                Gather(_lines.TakeRest(ref end));
                Gather(end);
                return TryRead(ref payload, out record);
            }

            _isFirstLine = false;
            if (!IsPart(record) || _other.TryTake(line, out record))
            {
                _other.ClearText();
                return true;
            }
        }

        record = default;
        return false;
    }

    private bool TryReadLastLine(out ServerRecord record)
    {
        if (_lines is null || !_lines.TryReadUnfinished(out var line))
        {
            return _other.TryClose(out record);
        }

        if (IsFirstField(line))
        {
            BeginEvents(line);
            return TryReadLastEvent(out record);
        }

        record = OfLine(line);
        if (IsBetweenRecords(record))
        {
            _other.TryTake(line, out record);
            return false;
        }

        return !IsPart(record) || _other.TryTake(line, out record) || _other.TryClose(out record);
    }

    // True if events begin after lines of JSON.
    private bool IsFirstField(ReadOnlySpan<byte> line) => _events is not null && SseReassembler.IsField(line);

    private void BeginEvents(ReadOnlySpan<byte> line)
    {
        _framing = RecordFraming.Sse;
        Feed("\n"u8); // The blanks before the first line may have come alone: they are not part of this one.
        Feed(line);
    }

    // True for text between records, such as lines of a log.
    private bool IsBetweenRecords(in ServerRecord line) => !_isFirstLine && !_other.IsOpen
        && ((line.IsText && line.Data is not [(byte)'<', ..]) || (_other.Text.Length > 0 && line.Data is not [(byte)'{' or (byte)'[', ..]));

    private bool IsPart(in ServerRecord line) => _other.IsOpen || OtherLines.IsFirst(line);
}
