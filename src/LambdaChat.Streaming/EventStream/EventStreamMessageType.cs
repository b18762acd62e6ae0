namespace LambdaChat.Streaming.EventStream;

/// <summary>The value of a message's <c>:message-type</c> header.</summary>
public enum EventStreamMessageType
{
    /// <summary>The string header <c>:message-type</c> is missing or has another value.</summary>
    Unknown,

    /// <summary><c>event</c>: part of the reply.</summary>
    Event,

    /// <summary><c>exception</c>: a modeled error; its payload describes it.</summary>
    Exception,

    /// <summary><c>error</c>: an unmodeled error, described by the headers <c>:error-code</c> and <c>:error-message</c>.</summary>
    Error,
}
