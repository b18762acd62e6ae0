namespace LambdaChat.Streaming.EventStream;

/// <summary>The value of a message's <c>:message-type</c> header.</summary>
public enum EventStreamMessageType
{
    /// <summary>No <c>:message-type</c> string header, or a value that is none of the three.</summary>
    Unknown,

    /// <summary><c>event</c>: part of the answer.</summary>
    Event,

    /// <summary><c>exception</c>: a modelled error; its payload describes it.</summary>
    Exception,

    /// <summary><c>error</c>: an unmodelled error, told in <c>:error-code</c> and <c>:error-message</c>.</summary>
    Error,
}
