using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>The container's bytes out of SageMaker's answer, whatever they are wrapped in.</summary>
internal interface IPayloadReader : IDisposable
{
    /// <summary>Why the bytes ended early; null while they come and after a good end.</summary>
    ReplyFailure? Failure { get; }

    /// <summary>Reads once from the connection. False at the end, good or bad.</summary>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes the next payload that is at hand. It is valid until the next read.</summary>
    bool TryRead(out ReadOnlySpan<byte> payload);
}
