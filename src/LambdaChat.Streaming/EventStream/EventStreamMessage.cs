namespace LambdaChat.Streaming.EventStream;

/// <summary>
/// One whole, checked message. A view on the decoder's buffer: valid until the decoder is next asked for memory or disposed.
/// </summary>
public readonly ref struct EventStreamMessage
{
    private readonly ReadOnlySpan<byte> _headers;

    internal EventStreamMessage(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        _headers = headers;
        Payload = payload;
    }

    /// <summary>The payload, possibly empty.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Event, exception or error.</summary>
    public EventStreamMessageType Type
    {
        get
        {
            TryGetString(":message-type"u8, out var value);
            return value switch
            {
                _ when value.SequenceEqual("event"u8) => EventStreamMessageType.Event,
                _ when value.SequenceEqual("exception"u8) => EventStreamMessageType.Exception,
                _ when value.SequenceEqual("error"u8) => EventStreamMessageType.Error,
                _ => EventStreamMessageType.Unknown,
            };
        }
    }

    /// <summary>Reads the headers in their order.</summary>
    public EventStreamHeaderReader ReadHeaders() => new(_headers);

    /// <summary>Finds the first string header of that name; the value is its UTF-8 bytes.</summary>
    public bool TryGetString(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = ReadHeaders();
        while (reader.TryRead(out var header))
        {
            if (header.Type == EventStreamHeaderType.String && header.Name.SequenceEqual(name))
            {
                value = header.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
