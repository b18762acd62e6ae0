namespace LambdaChat.Models;

/// <summary>The reasoning efforts of which some model servers know only the first.</summary>
internal enum ReasoningEffort
{
    High,
    XHigh,
    Max,
}
