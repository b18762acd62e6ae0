namespace LambdaChat.Models;

/// <summary>The names of this folder's enumerations in configuration and requests, in their order.</summary>
internal static class ReasoningNames
{
    public static readonly string[] Outputs = ["reasoning_content", "reasoning", "both", "think", "hidden"];
    public static readonly string[] Modes = ["auto", "started", "off"];
    public static readonly string[] Histories = ["keep", "strip", "reasoning_content", "reasoning"];

    /// <summary>An output by its name; null where there is none of it.</summary>
    public static ReasoningOutput? FindOutput(string? name)
    {
        var index = Array.IndexOf(Outputs, name);
        return index < 0 ? null : (ReasoningOutput)index;
    }
}
