using LambdaChat.Failures;

namespace LambdaChat.Upstream;

/// <summary>Reads the container's bytes from a response of SageMaker, without SageMaker's framing.</summary>
internal interface IPayloadReader : IDisposable
{
    /// <summary>The reason for an early end. Null while bytes arrive and after a regular end.</summary>
    ReplyFailure? Failure { get; }

    /// <summary>Reads once from the connection. Returns false at the end, regular or not.</summary>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes the next payload that has arrived. The payload is valid until the next read.</summary>
    bool TryRead(out ReadOnlySpan<byte> payload);
}
