using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay;

/// <summary>One answer to a client: chunk by chunk, or in one piece.</summary>
internal interface IReplyWriter : IChunkOutput
{
    /// <summary>Why no more chunks are wanted; null while they are.</summary>
    ReplyFailure? Failure { get; }

    /// <summary>Bytes written and not sent yet.</summary>
    long UnflushedBytes { get; }

    /// <summary>Bytes of the body that were sent; an error in its place is none.</summary>
    long SentBytes { get; }

    /// <summary>Sends what was written. False where nobody reads it any more.</summary>
    ValueTask<bool> FlushAsync(CancellationToken cancellationToken);

    /// <summary>Sends a sign of life that clients pass over; the first one commits the status.</summary>
    ValueTask SendHeartbeatAsync();

    /// <summary>Ends the answer, whole or with its failure.</summary>
    Task EndAsync(ReplyFailure? failure, ChunkEditor chunks);
}
