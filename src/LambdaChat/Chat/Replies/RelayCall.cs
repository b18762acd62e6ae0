using LambdaChat.Chat.Chunks;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.SageMaker;

namespace LambdaChat.Chat.Replies;

/// <summary>One call of a model whose reply is relayed record by record.</summary>
internal sealed record RelayCall(Model Model, Operation Operation, IReadOnlyList<ReadOnlyMemory<byte>> Body, ChunkContract Contract)
{
    /// <summary>Headers of SageMaker's that go with it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Its caller's leave to spend; null where there are no limits.</summary>
    public Permit? Permit { get; init; }
}
