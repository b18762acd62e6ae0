using System.Buffers;
using System.Text;

namespace LambdaChat.Relay.Records;

/// <summary>One record of a container's reply. The data is valid until the next call of the reader.</summary>
internal readonly ref struct ServerRecord(ReadOnlySpan<byte> data, RecordKind kind)
{
    /// <summary>The data of a server-sent event, a JSON line, or a whole JSON document, without surrounding blanks.</summary>
    public ReadOnlySpan<byte> Data { get; } = data is [(byte)'{', .., (byte)'}'] ? data : data.Trim(" \t\r\n"u8); // Nearly every record.

    public RecordKind Kind { get; } = kind;

    /// <summary>
    /// True for data that says nothing but that the server is alive: a word such as <c>ping</c>, a number, JSON without members. Marks of
    /// the beginning and the end count as such, too.
    /// </summary>
    public bool IsPing
    {
        get
        {
            Span<byte> lower = stackalloc byte[32];
            return Data.Length <= lower.Length && Ascii.ToLower(Data, lower, out var length) == OperationStatus.Done
                && lower[..length].Trim("[]<>\":-. 0123456789"u8) is var word
                && (word.IsEmpty || word.SequenceEqual("null"u8) || word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8)
                    || word.SequenceEqual("none"u8) || word.StartsWith("ping"u8) || word.StartsWith("pong"u8) || word.StartsWith("keep"u8)
                    || word.StartsWith("heartbeat"u8) || word.SequenceEqual("done"u8) || word.SequenceEqual("end"u8)
                    || word.SequenceEqual("eos"u8) || word.SequenceEqual("start"u8));
        }
    }

    /// <summary>True for text, HTML and the text form of Python's objects in place of JSON.</summary>
    public bool IsText => RecordText.IsText(Data) && !IsPing && !IsDone;

    /// <summary>True for the end marker of OpenAI's streams, <c>[DONE]</c>, also as a JSON string.</summary>
    public bool IsDone => Data.Length is 6 or 8 && Ascii.EqualsIgnoreCase(Data.Trim((byte)'"'), "[DONE]"u8);
}

/// <summary>What a record is by its framing.</summary>
internal enum RecordKind
{
    /// <summary>A JSON line, a JSON document, or a server-sent event without a type or of the type <c>message</c>.</summary>
    Message,

    /// <summary>A server-sent event of another type, such as <c>ping</c>.</summary>
    OtherEvent,

    /// <summary>A server-sent event whose type names an error, or the field <c>error</c>.</summary>
    Error,

    /// <summary>Text or HTML in place of JSON that reports an error.</summary>
    Text,
}
