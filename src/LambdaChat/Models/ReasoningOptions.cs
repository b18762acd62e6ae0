namespace LambdaChat.Models;

/// <summary>How clients receive a model's reasoning.</summary>
internal enum ReasoningOutput
{
    /// <summary>As <c>reasoning_content</c>, which most clients read.</summary>
    ReasoningContent,

    /// <summary>As <c>reasoning</c>.</summary>
    Reasoning,

    /// <summary>As both <c>reasoning_content</c> and <c>reasoning</c>.</summary>
    Both,

    /// <summary>In the content, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
    Think,

    /// <summary>Not at all.</summary>
    Hidden,
}

/// <summary>How the relay treats <c>&lt;think&gt;</c> tags in a model's text.</summary>
internal enum ThinkMode
{
    /// <summary>A tag at the very beginning opens the reasoning.</summary>
    Auto,

    /// <summary>The text starts inside the reasoning, because the chat template has put the tag into the prompt.</summary>
    Started,

    /// <summary>Tags are ordinary text.</summary>
    Off,
}

/// <summary>What the relay does with the reasoning in earlier assistant messages of a request.</summary>
internal enum ReasoningHistory
{
    /// <summary>Forwards it unchanged.</summary>
    Keep,

    /// <summary>Removes it.</summary>
    Strip,

    /// <summary>Forwards it as <c>reasoning_content</c>.</summary>
    ReasoningContent,

    /// <summary>Forwards it as <c>reasoning</c>.</summary>
    Reasoning,
}

/// <summary>The names of these values in configuration and requests, in the order of the enumerations.</summary>
internal static class ReasoningNames
{
    public static readonly string[] Outputs = ["reasoning_content", "reasoning", "both", "think", "hidden"];
    public static readonly string[] OfResponses = ["reasoning_summary", "reasoning_text", "hidden"]; // In the Responses API.
    public static readonly string[] Modes = ["auto", "started", "off"];
    public static readonly string[] Histories = ["keep", "strip", "reasoning_content", "reasoning"];

    /// <summary>Returns the output with that name, or null if the name is unknown.</summary>
    public static ReasoningOutput? FindOutput(string? name)
    {
        var index = Array.IndexOf(Outputs, name);
        return index < 0 ? null : (ReasoningOutput)index;
    }
}
