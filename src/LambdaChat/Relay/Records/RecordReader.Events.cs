using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

// Server-sent events, and lines between them.
internal sealed partial class RecordReader
{
    private bool TryReadEvent(ref ReadOnlySpan<byte> payload, out ServerRecord record)
    {
        if (TryReadPart(out record))
        {
            return true;
        }

        while (_events!.TryRead(ref payload, out var sseEvent))
        {
            if (TryTake(sseEvent, isNested: false, out record))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadLastEvent(out ServerRecord record)
    {
        if (TryReadPart(out record))
        {
            return true;
        }

        while (_events!.TryReadUnfinished(out var sseEvent))
        {
            var mayBePart = sseEvent.IsOtherLine && !_other.IsOpen && sseEvent.Data.Length < MinimumLineLength;
            if (!mayBePart && TryTake(sseEvent, isNested: false, out record))
            {
                return true;
            }
        }

        while (_nested is not null && _nested.TryReadUnfinished(out var nested))
        {
            if (TryTake(nested, isNested: true, out record))
            {
                return true;
            }
        }

        return _other.TryClose(out record);
    }

    // The next part of an event that has several records.
    private bool TryReadPart(out ServerRecord record)
    {
        while (_joined is not null && _joined.TryTake(out var document))
        {
            record = new ServerRecord(document, _joinedKind);
            if (TryTakeData(ref record))
            {
                return true;
            }
        }

        while (_nested is not null && _nested.TryRead(out var sseEvent))
        {
            if (TryTake(sseEvent, isNested: true, out record))
            {
                return true;
            }
        }

        record = default;
        return false;
    }

    private bool TryTake(SseEvent sseEvent, bool isNested, out ServerRecord record)
    {
        if (sseEvent.IsOtherLine)
        {
            return _other.TryTake(sseEvent.Data, out record);
        }

        if (_other.TryClose(out record))
        {
            return true;
        }

        record = OfEvent(sseEvent);
        if (!isNested && record.Kind != RecordKind.Error && NestedEvents.IsNested(record.Data))
        {
            _nested ??= new NestedEvents();
            _nested.Add(record.Data);
            return TryReadPart(out record);
        }

        if (record.Kind != RecordKind.Error && JoinedDocuments.IsPossible(record.Data))
        {
            _joined ??= new JoinedDocuments();
            _joinedKind = record.Kind;
            record = new ServerRecord(_joined.TakeFirst(record.Data), record.Kind);
        }

        return TryTakeData(ref record);
    }

    private bool TryTakeData(ref ServerRecord record)
    {
        if (record is { Kind: RecordKind.Message, IsText: true })
        {
            return TryTakeText(ref record);
        }

        if (!record.IsDone)
        {
            _texts = 0;
            _other.ClearText();
        }

        return true;
    }

    // Text that names no error does not fail the reply: some servers send lines such as "warming up" to keep the connection open.
    private bool TryTakeText(ref ServerRecord record)
    {
        if (record.Data[0] == (byte)'{' || (_texts <= MaximumTexts && RecordText.IsError(record.Data)))
        {
            record = new ServerRecord(record.Data, RecordKind.Text);
            return true;
        }

        _texts++;
        _other.AddText(record.Data);
        return false;
    }

    private static ServerRecord OfEvent(SseEvent sseEvent) => new(
        sseEvent.Data,
        sseEvent.Type.SequenceEqual("message"u8) ? RecordKind.Message
        : RecordText.IsError(sseEvent.Type) ? RecordKind.Error
        : RecordKind.OtherEvent);

    private void Feed(ReadOnlySpan<byte> bytes) => _events!.TryRead(ref bytes, out _);
}
