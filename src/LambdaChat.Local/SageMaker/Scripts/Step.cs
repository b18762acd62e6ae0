namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>One step of a choice.</summary>
/// <param name="Choice">Index of the choice in the reply.</param>
/// <param name="Text">A token, a function name, or a piece of the arguments.</param>
internal sealed record Step(int Choice, StepKind Kind, string Text = "")
{
    /// <summary>Index of the tool call of a function name or a piece of arguments.</summary>
    public int Call { get; init; }

    /// <summary>Set on the last step of a choice.</summary>
    public string? FinishReason { get; init; }
}

internal enum StepKind
{
    Role,
    Reasoning,
    Content,
    ToolCall,
    ToolArguments,
    Finish,
}
