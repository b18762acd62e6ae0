namespace LambdaChat.Streaming.Sse;

/// <summary>The caps of a <see cref="SseReassembler"/>.</summary>
public enum SseLimit
{
    /// <summary>The bytes of one line, without its end.</summary>
    Line,

    /// <summary>The bytes of one event's data, joined.</summary>
    Event,
}
