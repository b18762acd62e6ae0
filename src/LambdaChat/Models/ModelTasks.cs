namespace LambdaChat.Models;

/// <summary>The APIs that a model serves.</summary>
[Flags]
internal enum ModelTasks
{
    None = 0,

    /// <summary><c>/v1/chat/completions</c></summary>
    Chat = 1,

    /// <summary><c>/v1/completions</c></summary>
    Completions = 2,

    /// <summary><c>/v1/embeddings</c></summary>
    Embeddings = 4,

    /// <summary><c>/v1/rerank</c></summary>
    Rerank = 8,

    /// <summary><c>/v1/score</c></summary>
    Score = 16,
}
