namespace LambdaChat.Models;

/// <summary>How clients get a model's thinking.</summary>
internal enum ReasoningOutput
{
    /// <summary>As <c>reasoning_content</c>, which most clients read.</summary>
    ReasoningContent,

    /// <summary>As <c>reasoning</c>.</summary>
    Reasoning,

    /// <summary>Under both names.</summary>
    Both,

    /// <summary>In the content, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
    Think,

    /// <summary>Not at all.</summary>
    Hidden,
}
