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

    /// <summary>There was a tag: what stood around it is in <see cref="ThinkTags.Reasoning"/> and <see cref="ThinkTags.Content"/>.</summary>
    Split,
}
