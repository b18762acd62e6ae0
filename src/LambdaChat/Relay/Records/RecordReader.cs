using System.Text.Json;
using LambdaChat.Models;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Reads complete records from a container's bytes, wherever they are cut: the data of server-sent events, lines of JSON, or one JSON
/// document of many lines. JSON between the events is a record too. A record is valid until the next call.
/// </summary>
internal sealed partial class RecordReader(RecordFraming framing) : IDisposable
{
    /// <summary>Maximum length of a JSON line or document, in bytes. SageMaker's own limit is lower.</summary>
    public const int MaximumDocumentLength = 32 * 1024 * 1024;

    private const int MinimumLineLength = 5; // A shorter line at the end may be the beginning of a field's name.

    private const int MaximumTexts = 3; // After more text events in a row, the text is the reply itself, and is not searched for errors.

    private readonly SseReassembler? _events =
        framing is RecordFraming.Auto or RecordFraming.Sse ? new SseReassembler(isLenient: true) : null;

    private readonly OtherLines _other = new();
    private readonly bool _isDocument = framing == RecordFraming.Json;
    private RecordFraming _framing = framing;
    private NestedEvents? _nested;
    private JoinedDocuments? _joined;
    private RecordKind _joinedKind;
    private RecordLines? _lines;
    private ByteBuffer? _document;
    private bool _isFirstLine = true;
    private int _texts; // Events of text since the last record.

    /// <summary>True while the bytes have ended inside a record.</summary>
    public bool IsMidRecord => _framing switch
    {
        RecordFraming.JsonLines => _lines is { IsMidLine: true },
        RecordFraming.Json => _document is not null,
        RecordFraming.Sse => _events!.IsMidEvent || _other.IsOpen,
        _ => false,
    };

    /// <summary>The bytes of the line or document that is not complete.</summary>
    public int UnfinishedLength => (_lines?.UnfinishedLength ?? 0) + (_document?.Length ?? 0);

    /// <summary>The number of comments so far. Model servers send them while a request waits.</summary>
    public int CommentCount => _events?.CommentCount ?? 0;

    /// <summary>True for JSON without the framing of events.</summary>
    public bool IsJson => _framing is RecordFraming.Json or RecordFraming.JsonLines;

    /// <summary>The text after the last record: what a proxy or a server that crashed wrote.</summary>
    public ReadOnlySpan<byte> Text => _texts <= MaximumTexts ? _other.Text : default;

    // Characters that may precede a JSON document: white space, and a byte order mark, which may arrive in parts.
    private static ReadOnlySpan<byte> Blanks => "\uFEFF \t\r\n"u8;

    /// <summary>Takes the next complete record from <paramref name="payload"/>; false once all of it is consumed.</summary>
    /// <exception cref="SseLimitException">A record is longer than its cap: 1 MiB for an event.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> payload, out ServerRecord record)
    {
        if (_framing == RecordFraming.Auto)
        {
            Detect(ref payload);
        }

        switch (_framing)
        {
            case RecordFraming.JsonLines:
                return TryReadLine(ref payload, out record);
            case RecordFraming.Json:
                Gather(payload);
                payload = default;
                record = default;
                return false;
            default:
                return TryReadEvent(ref payload, out record);
        }
    }

    /// <summary>
    /// At the end of the bytes: returns the next record that has no terminator; false after the last one. Model servers leave out the blank
    /// line after their last event.
    /// </summary>
    public bool TryReadUnfinished(out ServerRecord record)
    {
        switch (_framing)
        {
            case RecordFraming.JsonLines:
                return TryReadLastLine(out record);
            case RecordFraming.Json:
                return TryReadDocument(out record);
            case RecordFraming.Auto:
                record = default;
                return false;
            default:
                return TryReadLastEvent(out record);
        }
    }

    public void Dispose()
    {
        _events?.Dispose();
        _nested?.Dispose();
        _lines?.Dispose();
    }

    private void Detect(ref ReadOnlySpan<byte> payload)
    {
        var text = payload.TrimStart(Blanks);
        if (text.Length > 0 && text[0] is (byte)'{' or (byte)'[')
        {
            _framing = RecordFraming.JsonLines;
            payload = text;
        }
        else if (text.Length > 0)
        {
            _framing = RecordFraming.Sse;
        }
    }

    // Several documents of several lines each may follow each other, except where the setting says that the reply is one document.
    private bool TryReadDocument(out ServerRecord record)
    {
        if (_joined is not null && _joined.TryTake(out var next))
        {
            record = new ServerRecord(next, RecordKind.Message);
            return true;
        }

        record = OfLine(_document is null ? default : _document.Span.TrimStart(Blanks));
        if (!_isDocument && JoinedDocuments.IsPossible(record.Data))
        {
            _joined ??= new JoinedDocuments();
            record = OfLine(_joined.TakeFirst(record.Data));
        }

        _document = null;
        return record.Data.Length > 0;
    }

    private static ServerRecord OfLine(ReadOnlySpan<byte> data)
    {
        var record = new ServerRecord(data, RecordKind.Message);
        return record.IsText ? new ServerRecord(data, RecordKind.Text) : record;
    }

    private static bool IsComplete(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, isFinalBlock: false, state: default);
        try
        {
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return true; // The record is damaged. The translator reports it.
        }
    }

    private void Gather(ReadOnlySpan<byte> bytes)
    {
        _document ??= new ByteBuffer(4096);
        if (bytes.Length > MaximumDocumentLength - _document.Length)
        {
            throw new SseLimitException(SseLimit.Event, MaximumDocumentLength);
        }

        _document.Append(bytes);
    }
}
