namespace LambdaChat.Local.SageMaker;

/// <summary>What a request asks for, as vLLM's <c>/invocations</c> finds it out: by the members of the body.</summary>
internal enum BodyKind
{
    Chat,
    Completion,
    Embedding,
    Rerank,
    Score,
}
