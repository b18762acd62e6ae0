using LambdaChat.Models;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

// Lines of JSON.
internal sealed partial class RecordReader
{
    private bool TryReadLine(ref ReadOnlySpan<byte> payload, out ServerRecord record)
    {
        _lines ??= new JsonLinesReader(MaximumDocumentLength);
        while (_lines.TryRead(ref payload, out var line))
        {
            record = new ServerRecord(line, RecordKind.Message);
            if (_events is not null && SseReassembler.IsField(line))
            {
                _framing = RecordFraming.Sse; // The events begin after a line of JSON.
                Feed(line);
                Feed("\n"u8);
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
                Gather("\n"u8);
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

        record = OfLine(line);
        if (IsBetweenRecords(record))
        {
            _other.TryTake(line, out record);
            return false;
        }

        return !IsPart(record) || _other.TryTake(line, out record) || _other.TryClose(out record);
    }

    // True for text between records, such as lines of a log.
    private bool IsBetweenRecords(in ServerRecord line) => !_isFirstLine && !_other.IsOpen
        && ((line.IsText && line.Data is not [(byte)'<', ..]) || (_other.Text.Length > 0 && line.Data is not [(byte)'{' or (byte)'[', ..]));

    private bool IsPart(in ServerRecord line) => _other.IsOpen || OtherLines.IsFirst(line);
}
