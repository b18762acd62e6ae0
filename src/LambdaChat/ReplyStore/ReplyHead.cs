namespace LambdaChat.ReplyStore;

/// <summary>
/// The state of a stored reply. <see cref="Running"/> changes once, and <see cref="Cancelled"/> only with the end that its producer writes.
/// </summary>
internal enum ReplyStatus
{
    /// <summary>The reply has not ended.</summary>
    Running,

    /// <summary>The reply ended without a failure. Its last chunks say whether it is complete.</summary>
    Completed,

    /// <summary>The reply failed.</summary>
    Failed,

    /// <summary>The reply was cancelled.</summary>
    Cancelled,

    /// <summary>The lease expired: the process of the producer has ended.</summary>
    Lost,
}

/// <summary>The state of a stored reply, without its request and its parts.</summary>
/// <param name="Generation">Identifies the producer of the reply.</param>
/// <param name="Lease">When the producer's lease in the head expires. Each part extends the lease.</param>
/// <param name="Expires">When the reply is deleted.</param>
internal sealed record ReplyHead(string Generation, ReplyStatus Status, DateTimeOffset Lease, DateTimeOffset Expires)
{
    /// <summary>The bytes of the request before its compression; null if an earlier version of the function has stored it.</summary>
    public int? RequestLength { get; init; }

    /// <summary>How the reply ended. Null while it runs, and until the producer of a cancelled reply has stopped.</summary>
    public ReplyEnding? Ending { get; init; }
}

/// <summary>The request of a reply.</summary>
/// <param name="Compressed">As <see cref="Compression"/> writes it.</param>
/// <param name="Length">The bytes before the compression; null if an earlier version of the function has stored it.</param>
internal sealed record StoredRequest(byte[] Compressed, int? Length);

/// <summary>The end of a reply.</summary>
/// <param name="Parts">The number of its parts.</param>
/// <param name="Error">The error of a failed reply, in the form of the API; empty for none.</param>
internal sealed record ReplyEnding(ReplyStatus Status, int Parts, DateTimeOffset At, byte[] Error);

/// <summary>Some chunks of a reply.</summary>
/// <param name="Number">1 for the first part.</param>
/// <param name="Chunks">
/// The chunks as <see cref="ChunkEncoder"/> writes them. In a part that is appended, they are valid until the call completes.
/// </param>
/// <param name="Lease">When the producer's lease expires.</param>
internal sealed record ReplyPart(int Number, ReadOnlyMemory<byte> Chunks, DateTimeOffset Lease);

/// <summary>A reply at one moment.</summary>
/// <param name="Parts">The parts after those that were read before, without a gap.</param>
internal sealed record ReplySnapshot(ReplyHead Head, IReadOnlyList<ReplyPart> Parts);
