using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay;

/// <summary>Writes one reply in the form of an API: chunk by chunk, or as one JSON document. It does not decide how it ends.</summary>
internal interface IReplyWriter : IChunkOutput
{
    /// <summary>Why no more chunks are accepted; null while they are.</summary>
    ReplyFailure? Failure { get; }

    /// <summary>Bytes written and not sent yet.</summary>
    long UnflushedBytes { get; }

    /// <summary>Bytes of the body sent so far. An error response counts as none.</summary>
    long SentBytes { get; }

    /// <summary>The memory that the reply takes in this writer until its end, with the response to it. In bytes; 0 for a stream.</summary>
    long HeldBytes => 0;

    /// <summary>Sends the written bytes. False if the client has disconnected.</summary>
    ValueTask<bool> FlushAsync(CancellationToken cancellationToken);

    /// <summary>True if the client may receive heartbeats before the first chunk.</summary>
    bool SendsHeartbeats { get; }

    /// <summary>True if the end of the reply is a failure that the client can only learn from a broken response.</summary>
    bool MustAbort { get; }

    /// <summary>Sends bytes that clients ignore. The first heartbeat commits the status.</summary>
    ValueTask SendHeartbeatAsync();

    /// <summary>Notes that another call continues the reply, where clients ignore such a note.</summary>
    /// <param name="target">The index of the target that continues it.</param>
    /// <param name="events">The number of records before it.</param>
    void NoteContinuation(int target, int events)
    {
    }

    /// <summary>Ends the response: complete or with its failure.</summary>
    Task EndAsync(ReplyEnd end);
}
