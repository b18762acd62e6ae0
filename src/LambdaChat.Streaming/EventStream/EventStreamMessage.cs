namespace LambdaChat.Streaming.EventStream;

/// <summary>
/// A complete message with verified checksums. It is a view of the decoder's buffer, valid until
/// <c>GetMemory</c> or <c>Dispose</c> is called.
/// </summary>
public readonly ref struct EventStreamMessage
{
    private readonly ReadOnlySpan<byte> _headers;

    internal EventStreamMessage(EventStreamMessageType type, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        Type = type;
        _headers = headers;
        Payload = payload;
    }

    /// <summary>Event, exception or error.</summary>
    public EventStreamMessageType Type { get; }

    /// <summary>The payload, possibly empty.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads the headers in their order.</summary>
    public EventStreamHeaderReader ReadHeaders() => new(_headers);

    /// <summary>Finds the first string header of that name; the value is its UTF-8 bytes.</summary>
    public bool TryGetString(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = ReadHeaders();
        while (reader.TryRead(out var header))
        {
            if (header.IsString(name))
            {
                value = header.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
