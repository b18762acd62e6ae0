namespace LambdaChat.Models;

/// <summary>Selects the requests that share a routing hint, and therefore an instance of the endpoint.</summary>
internal enum PrefixAwareId
{
    /// <summary>The requests of one conversation of one caller.</summary>
    Conversation,

    /// <summary>All requests of one caller.</summary>
    Caller,

    /// <summary>No hint is sent.</summary>
    Off,
}
