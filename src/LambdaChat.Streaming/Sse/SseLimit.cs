namespace LambdaChat.Streaming.Sse;

/// <summary>The caps of a <see cref="SseReassembler"/>, and of a <see cref="JsonLinesReader"/> that of a line.</summary>
public enum SseLimit
{
    /// <summary>The bytes of one line, without its end.</summary>
    Line,

    /// <summary>The bytes of one event's data, joined.</summary>
    Event,
}
