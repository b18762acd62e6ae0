namespace LambdaChat.Lambda.Events;

/// <summary>The kind of an event, which determines the response.</summary>
internal enum EventKind
{
    /// <summary>An HTTP request.</summary>
    Http,

    /// <summary>An HTTP request whose path cannot be decoded.</summary>
    InvalidPath,

    /// <summary>A scheduled event that keeps the environment warm.</summary>
    WarmUp,

    Unsupported,
}
