namespace LambdaChat.Relay.Reasoning;

/// <summary>What a piece of text turned out to be, together with the pieces that were held before it.</summary>
internal enum ThinkDecision
{
    /// <summary>It is all answer, as it came.</summary>
    Content,

    /// <summary>It is all thinking, as it came.</summary>
    Reasoning,

    /// <summary>It may end in a part of a tag: the next piece decides.</summary>
    Held,

    /// <summary>There was a tag: see <see cref="ThinkTags.ReasoningIn"/> and <see cref="ThinkTags.ContentIn"/>.</summary>
    Split,
}
