using System.Buffers;
using System.Text;

namespace LambdaChat.Relay.Records;

/// <summary>One record of a container's reply. The data is valid until the next call of the reader.</summary>
internal readonly ref struct ServerRecord(ReadOnlySpan<byte> data, RecordKind kind)
{
    /// <summary>The data of a server-sent event, a JSON line, or a whole JSON document, without surrounding blanks.</summary>
    public ReadOnlySpan<byte> Data { get; } = data.Trim(" \t\r\n"u8);

    public RecordKind Kind { get; } = kind;

    /// <summary>
    /// True for data that says nothing but that the server is alive: a word such as <c>ping</c>, a number, JSON without members.
    /// </summary>
    public bool IsPing
    {
        get
        {
            Span<byte> lower = stackalloc byte[32];
            return Data.Length <= lower.Length && Ascii.ToLower(Data, lower, out var length) == OperationStatus.Done
                && lower[..length].Trim("[]<>\":-. 0123456789"u8) is var word
                && (word.IsEmpty || word.SequenceEqual("null"u8) || word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8)
                    || word.StartsWith("ping"u8) || word.StartsWith("pong"u8) || word.StartsWith("keep"u8)
                    || word.StartsWith("heartbeat"u8));
        }
    }

    /// <summary>True for data that begins as text or HTML: JSON does not begin with these letters.</summary>
    public bool IsText => Data is [(byte)'<', ..] or [>= (byte)'A' and <= (byte)'z' and not (byte)'[', ..]
        or [(byte)'[', >= (byte)'A' and <= (byte)'z' and not (byte)'[', ..] && !IsPing && !IsDone;

    /// <summary>True for the end marker of OpenAI's streams, <c>[DONE]</c>.</summary>
    public bool IsDone => Data.SequenceEqual("[DONE]"u8);
}

/// <summary>What a record is by its framing.</summary>
internal enum RecordKind
{
    /// <summary>A JSON line, a JSON document, or a server-sent event without a type or of the type <c>message</c>.</summary>
    Message,

    /// <summary>A server-sent event of another type, such as <c>ping</c>.</summary>
    OtherEvent,

    /// <summary>A server-sent event of the type <c>error</c>, or the field <c>error</c>.</summary>
    Error,

    /// <summary>Text or HTML in place of JSON.</summary>
    Text,
}
