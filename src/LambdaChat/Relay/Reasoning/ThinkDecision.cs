namespace LambdaChat.Relay.Reasoning;

/// <summary>The decision on a piece of text and on the pieces held before it.</summary>
internal enum ThinkDecision
{
    /// <summary>All of it is answer.</summary>
    Content,

    /// <summary>All of it is thinking.</summary>
    Reasoning,

    /// <summary>It may end in a part of a tag, so it is held until the next piece.</summary>
    Held,

    /// <summary>It contains a tag. See <see cref="ThinkTags.ReasoningIn"/> and <see cref="ThinkTags.ContentIn"/>.</summary>
    Split,
}
