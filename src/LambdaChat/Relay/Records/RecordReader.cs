using System.Buffers;
using System.Text.Json;
using LambdaChat.Models;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Reads complete records from a container's bytes, wherever they are cut: the data of server-sent events, lines of JSON, or one JSON
/// document of many lines. A record is valid until the next call.
/// </summary>
internal sealed class RecordReader(RecordFraming framing) : IDisposable
{
    /// <summary>Maximum length of a JSON line or document, in bytes. SageMaker's own limit is lower.</summary>
    public const int MaximumDocumentLength = 32 * 1024 * 1024;

    private const int MaximumTextLength = 4096;

    private readonly SseReassembler? _events =
        framing is RecordFraming.Auto or RecordFraming.Sse ? new SseReassembler(isLenient: true) : null;

    private RecordFraming _framing = framing;
    private JsonLinesReader? _lines;
    private ArrayBufferWriter<byte>? _document;
    private ByteBuffer? _text; // The beginning of a reply in which no event was found yet.
    private bool _isFirstLine = true;
    private bool _hasEvent;

    /// <summary>True while the bytes have ended inside a record.</summary>
    public bool IsMidRecord => _framing switch
    {
        RecordFraming.JsonLines => _lines is { IsMidLine: true },
        RecordFraming.Json => _document is not null,
        RecordFraming.Sse => _events!.IsMidEvent,
        _ => false,
    };

    /// <summary>The number of comments so far. Model servers send them while a request waits.</summary>
    public int CommentCount => _events?.CommentCount ?? 0;

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
    /// At the end of the bytes: takes the record that has no terminator. Model servers leave out the blank line after their last event.
    /// </summary>
    public bool TryReadUnfinished(out ServerRecord record)
    {
        switch (_framing)
        {
            case RecordFraming.JsonLines:
                var isLine = TakeUnfinishedLine(out var line);
                record = new ServerRecord(line, RecordKind.Message);
                return isLine;
            case RecordFraming.Json:
                record = new ServerRecord(_document is null ? default : _document.WrittenSpan.TrimStart(Blanks), RecordKind.Message);
                return record.Data.Length > 0;
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

    private bool TryReadEvent(ref ReadOnlySpan<byte> payload, out ServerRecord record)
    {
        var start = payload;
        if (_events!.TryRead(ref payload, out var sseEvent))
        {
            _hasEvent = true;
            record = OfEvent(sseEvent);
            return true;
        }

        if (!_hasEvent)
        {
            _text ??= new ByteBuffer(256);
            _text.Append(start[..Math.Min(start.Length, MaximumTextLength - _text.Length)]);
        }

        record = default;
        return false;
    }

    private bool TryReadLastEvent(out ServerRecord record)
    {
        if (_events!.TryReadUnfinished(out var sseEvent))
        {
            record = OfEvent(sseEvent);
            return true;
        }

        record = new ServerRecord(_hasEvent || _text is null || IsComment(_text.Span) ? default : _text.Span, RecordKind.Text);
        return record.Data.Length > 0;
    }

    private static bool IsComment(ReadOnlySpan<byte> text) => text.TrimStart(Blanks) is [(byte)':', ..];

    private static ServerRecord OfEvent(SseEvent sseEvent) => new(
        sseEvent.Data,
        sseEvent.Type.SequenceEqual("message"u8) ? RecordKind.Message
        : sseEvent.Type.SequenceEqual("error"u8) ? RecordKind.Error
        : RecordKind.OtherEvent);

    private bool TryReadLine(ref ReadOnlySpan<byte> payload, out ServerRecord record)
    {
        _lines ??= new JsonLinesReader(MaximumDocumentLength);
        if (!_lines.TryRead(ref payload, out var line))
        {
            record = default;
            return false;
        }

        if (!_isFirstLine || IsComplete(line))
        {
            _isFirstLine = false;
            record = new ServerRecord(line, RecordKind.Message);
            return true;
        }

        // The first line of a document of many lines.
        _framing = RecordFraming.Json;
        Gather(line);
        Gather("\n"u8);
        return TryRead(ref payload, out record);
    }

    private bool TakeUnfinishedLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        return _lines is not null && _lines.TryReadUnfinished(out line);
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
        _document ??= new ArrayBufferWriter<byte>(4096);
        if (bytes.Length > MaximumDocumentLength - _document.WrittenCount)
        {
            throw new SseLimitException(SseLimit.Event, MaximumDocumentLength);
        }

        _document.Write(bytes);
    }
}
