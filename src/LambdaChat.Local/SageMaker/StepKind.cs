namespace LambdaChat.Local.SageMaker;

/// <summary>What a <see cref="Step"/> is.</summary>
internal enum StepKind
{
    Role,
    Reasoning,
    Content,
    ToolCall,
    ToolArguments,
    Finish,
}
