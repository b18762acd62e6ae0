namespace LambdaChat.Models;

/// <summary>
/// The highest reasoning effort that a model server knows, in ascending order: <see cref="Off"/> for a server that refuses every effort.
/// </summary>
internal enum ReasoningEffort
{
    Off,
    High,
    XHigh,
    Max,
}
