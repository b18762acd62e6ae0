namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>Where a model server puts the reasoning of a reply.</summary>
internal enum ReasoningPlacement
{
    /// <summary>In a separate member: the server has a reasoning parser.</summary>
    Field,

    /// <summary>In the content, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
    Tags,

    /// <summary>In the content, before <c>&lt;/think&gt;</c>: the chat template has put the opening tag into the prompt.</summary>
    ClosingTag,

    /// <summary>The reasoning is dropped.</summary>
    None,
}
