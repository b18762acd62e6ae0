namespace LambdaChat.Streaming.EventStream;

/// <summary>An event stream is corrupt. It cannot be resynchronised: nothing after this point of it can be read.</summary>
public sealed class EventStreamException : Exception
{
    internal EventStreamException(EventStreamError error, string message)
        : base(message) => Error = error;

    /// <summary>What is wrong.</summary>
    public EventStreamError Error { get; }
}
