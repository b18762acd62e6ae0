using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>One call of a model whose reply is relayed record by record.</summary>
internal sealed record RelayRequest(Model Model, CallMode Operation, IReadOnlyList<ReadOnlyMemory<byte>> Body, OutputFormat Format)
{
    /// <summary>Headers of SageMaker's that go with it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Its caller's leave to spend; null where there are no limits.</summary>
    public UsageLease? Lease { get; init; }
}
