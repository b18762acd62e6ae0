using System.Buffers;
using System.Text.Json;
using LambdaChat.Models;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Relay.Records;

/// <summary>
/// Whole records out of a container's bytes, cut anywhere: the data of server-sent events, lines of JSON, or one JSON text over many
/// lines. A record is valid until the next call.
/// </summary>
internal sealed class RecordReader(RecordFraming framing) : IDisposable
{
    /// <summary>Most bytes of a reply in one piece; SageMaker's own limit is below it.</summary>
    public const int MaximumDocumentLength = 32 * 1024 * 1024;

    private readonly SseReassembler? _events = framing is RecordFraming.Auto or RecordFraming.Sse ? new SseReassembler() : null;
    private RecordFraming _framing = framing;
    private JsonLinesReader? _lines;
    private ArrayBufferWriter<byte>? _document;
    private bool _isFirstLine = true;

    /// <summary>True while the bytes have ended inside a record.</summary>
    public bool IsMidRecord => _framing switch
    {
        RecordFraming.JsonLines => _lines is { IsMidLine: true },
        RecordFraming.Json => _document is not null,
        RecordFraming.Sse => _events!.IsMidEvent,
        _ => false,
    };

    // What may stand in front of a JSON text. Of a byte order mark also a part, the rest of which went into the piece before.
    private static ReadOnlySpan<byte> Blanks => "\uFEFF \t\r\n"u8;

    /// <summary>Takes the next whole record out of <paramref name="payload"/>; false where all of it is taken.</summary>
    /// <exception cref="SseLimitException">A record is too long.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> record)
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
                var isWhole = _events!.TryRead(ref payload, out var sseEvent);
                record = sseEvent.Data;
                return isWhole;
        }
    }

    /// <summary>At the end of the bytes: the record that nothing ended. Model servers leave out the blank line after their last event.</summary>
    public bool TryReadUnfinished(out ReadOnlySpan<byte> record)
    {
        switch (_framing)
        {
            case RecordFraming.JsonLines:
                record = default;
                return _lines is not null && _lines.TryReadUnfinished(out record);
            case RecordFraming.Json:
                record = _document is null ? default : _document.WrittenSpan.TrimStart(Blanks);
                return record.Length > 0;
            case RecordFraming.Auto:
                record = default;
                return false;
            default:
                var isAny = _events!.TryReadUnfinished(out var sseEvent);
                record = sseEvent.Data;
                return isAny;
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

    private bool TryReadLine(ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> record)
    {
        _lines ??= new JsonLinesReader(MaximumDocumentLength);
        if (!_lines.TryRead(ref payload, out record))
        {
            return false;
        }

        if (!_isFirstLine || IsWhole(record))
        {
            _isFirstLine = false;
            return true;
        }

        // The first line of a text over many.
        _framing = RecordFraming.Json;
        Gather(record);
        Gather("\n"u8);
        return TryRead(ref payload, out record);
    }

    private static bool IsWhole(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, isFinalBlock: false, state: default);
        try
        {
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return true; // Damaged, which is for the reader of the record to say.
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
