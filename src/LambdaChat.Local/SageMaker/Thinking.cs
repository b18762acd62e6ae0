namespace LambdaChat.Local.SageMaker;

/// <summary>Where a server puts what the model thinks.</summary>
internal enum Thinking
{
    /// <summary>In a member of its own: the server has a reasoning parser.</summary>
    Apart,

    /// <summary>In the answer, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.</summary>
    Inline,

    /// <summary>In the answer, before a <c>&lt;/think&gt;</c> that nothing opens: the chat template has put the opening tag into the prompt.</summary>
    Bare,

    /// <summary>Nowhere.</summary>
    Unsaid,
}
