namespace LambdaChat.Streaming.Sse;

/// <summary>
/// One complete event. Its spans are valid until the next call of the reassembler, and while its input is valid.
/// </summary>
public readonly ref struct SseEvent
{
    internal SseEvent(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, ReadOnlySpan<byte> lastEventId)
    {
        Type = type;
        Data = data;
        LastEventId = lastEventId;
    }

    /// <summary>True for a line that is not a field, which only a lenient reassembler returns. It has no type.</summary>
    public bool IsOtherLine => Type.IsEmpty;

    /// <summary>The event's type, <c>message</c> if it has none.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The data lines, joined by LF; UTF-8, not decoded.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The id last seen in the stream, empty if there is none.</summary>
    public ReadOnlySpan<byte> LastEventId { get; }
}
