using LambdaChat.Errors;

namespace LambdaChat.Chat;

/// <summary>How far a reply has come, readable also when it ended by a cancellation.</summary>
internal sealed class RelayedReply
{
    /// <summary>Events passed on.</summary>
    public int Events { get; set; }

    /// <summary>Why the reply is not whole; null where it is.</summary>
    public RelayFailure? Failure { get; set; }
}
