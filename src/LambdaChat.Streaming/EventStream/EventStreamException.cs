namespace LambdaChat.Streaming.EventStream;

/// <summary>An event stream is corrupt. Nothing after this point can be read, because the start of the next message is unknown.</summary>
public sealed class EventStreamException : Exception
{
    internal EventStreamException(EventStreamError error, string message)
        : base(message) => Error = error;

    /// <summary>What is wrong.</summary>
    public EventStreamError Error { get; }
}
