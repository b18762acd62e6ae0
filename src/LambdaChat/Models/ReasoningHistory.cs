namespace LambdaChat.Models;

/// <summary>What becomes of the thinking in earlier assistant messages of a request.</summary>
internal enum ReasoningHistory
{
    /// <summary>It passes as it came.</summary>
    Keep,

    /// <summary>It is taken out.</summary>
    Strip,

    /// <summary>It goes on as <c>reasoning_content</c>.</summary>
    ReasoningContent,

    /// <summary>It goes on as <c>reasoning</c>.</summary>
    Reasoning,
}
