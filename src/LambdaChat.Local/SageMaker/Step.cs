namespace LambdaChat.Local.SageMaker;

/// <summary>The next thing that the model says.</summary>
/// <param name="Choice">In which of its answers.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A token, a function's name or a piece of its arguments.</param>
internal sealed record Step(int Choice, StepKind Kind, string Text = "")
{
    /// <summary>The number of the tool call that a name or a piece of arguments belongs to.</summary>
    public int Call { get; init; }

    /// <summary>Set on the last step of an answer.</summary>
    public string? FinishReason { get; init; }
}
