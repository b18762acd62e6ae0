namespace LambdaChat.Streaming.Sse;

/// <summary>The caps of lines and events in bytes. It keeps the failure of a stream that exceeded one.</summary>
internal sealed class SseCaps(int lineLength, int eventLength)
{
#if DEBUG
    private const int InitialLength = 16; // Small in debug builds, so that every run grows the buffer.
#else
    private const int InitialLength = 256; // A token has less than 512 bytes, and each of many streams has a buffer.
#endif

    private SseLimitException? _failure;

    public int LineLength => lineLength;

    public int EventLength => eventLength;

    /// <summary>Creates a buffer for a line or the data of an event.</summary>
    public static ByteBuffer CreateBuffer(int cap) => new(InitialLength, cap, isPooled: true);

    /// <summary>Adds bytes to a buffer that has one of the caps.</summary>
    /// <exception cref="SseLimitException">It is above its cap.</exception>
    public void Append(ByteBuffer buffer, ReadOnlySpan<byte> bytes, SseLimit limit)
    {
        if (!buffer.TryAppend(bytes))
        {
            throw Fail(limit);
        }
    }

    /// <exception cref="SseLimitException">The stream has failed before.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    private SseLimitException Fail(SseLimit limit) =>
        _failure = new SseLimitException(limit, limit == SseLimit.Line ? lineLength : eventLength);
}
