using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>One call of a model whose reply is relayed record by record.</summary>
internal sealed record RelayRequest(Model Model, CallMode Operation, IReadOnlyList<ReadOnlyMemory<byte>> Body, OutputFormat Format)
{
    /// <summary>Headers of SageMaker's that go with it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Null if the reply is allowed in any case.</summary>
    public IReplyAdmission? Admission { get; init; }
}
