namespace LambdaChat.Streaming.Sse;

/// <summary>A line or an event is longer than its cap. Nothing after it can be read.</summary>
public sealed class SseLimitException : Exception
{
    internal SseLimitException(SseLimit limit, int maximumLength)
        : base($"A stream's {(limit == SseLimit.Line ? "line" : "event")} is longer than {maximumLength} bytes.")
    {
        Limit = limit;
        MaximumLength = maximumLength;
    }

    /// <summary>Which cap was exceeded.</summary>
    public SseLimit Limit { get; }

    /// <summary>The cap, in bytes.</summary>
    public int MaximumLength { get; }
}
