namespace LambdaChat.Relay.Continuations;

/// <summary>How the beginning of a continuation relates to the text that was sent.</summary>
internal enum JointState
{
    /// <summary>More text is needed.</summary>
    Undecided,

    /// <summary>It continues the text.</summary>
    Continues,

    /// <summary>It continues the kept text with other words than those that were sent after it.</summary>
    Differs,

    /// <summary>It is a new answer.</summary>
    StartsAnew,
}
