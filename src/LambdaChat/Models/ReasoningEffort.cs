namespace LambdaChat.Models;

/// <summary>The highest reasoning efforts, in ascending order. Some model servers know only the first one.</summary>
internal enum ReasoningEffort
{
    High,
    XHigh,
    Max,
}
