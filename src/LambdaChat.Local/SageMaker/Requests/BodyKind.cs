namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The task of a request. vLLM's <c>/invocations</c> endpoint selects it by the members of the body.</summary>
internal enum BodyKind
{
    Chat,
    Completion,
    Embedding,
    Rerank,
    Score,
}
