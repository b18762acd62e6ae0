namespace LambdaChat.Relay.Records;

/// <summary>One record of a container's reply. The data is valid until the next call of the reader.</summary>
internal readonly ref struct ServerRecord(ReadOnlySpan<byte> data, RecordKind kind)
{
    /// <summary>The data of a server-sent event, a JSON line, or a whole JSON document, without surrounding blanks.</summary>
    public ReadOnlySpan<byte> Data { get; } = data.Trim(" \t\r\n"u8);

    public RecordKind Kind { get; } = kind;

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

    /// <summary>The beginning of a reply that is neither JSON nor server-sent events: plain text or HTML.</summary>
    Text,
}
