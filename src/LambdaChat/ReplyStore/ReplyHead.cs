namespace LambdaChat.ReplyStore;

/// <summary>The state of a stored reply. Only <see cref="Running"/> ever changes.</summary>
internal enum ReplyStatus
{
    /// <summary>Its producer has not ended it.</summary>
    Running,

    /// <summary>The reply is complete, or incomplete for a reason that its last chunks have.</summary>
    Completed,

    /// <summary>The reply failed.</summary>
    Failed,

    /// <summary>The reply was cancelled.</summary>
    Cancelled,

    /// <summary>The lease expired: the process of the producer has ended.</summary>
    Lost,
}

/// <summary>What the store knows of a reply, without its request and its parts.</summary>
/// <param name="Generation">Tells the producer of the reply from every other.</param>
/// <param name="Lease">Until when the producer is alive without further signs, as of the head. Each part extends it.</param>
/// <param name="Expires">When the reply stops to exist.</param>
internal sealed record ReplyHead(string Generation, ReplyStatus Status, DateTimeOffset Lease, DateTimeOffset Expires)
{
    /// <summary>How the reply ended; null while it runs, and while a cancelled reply has a producer that does not know it yet.</summary>
    public ReplyEnding? Ending { get; init; }
}

/// <summary>The end of a reply.</summary>
/// <param name="Parts">The number of its parts.</param>
/// <param name="Error">The error of a failed reply, in the form of the API; empty for none.</param>
internal sealed record ReplyEnding(ReplyStatus Status, int Parts, DateTimeOffset At, byte[] Error);

/// <summary>Some chunks of a reply.</summary>
/// <param name="Number">1 for the first part.</param>
/// <param name="Chunks">The chunks as <see cref="ChunkEncoder"/> writes them.</param>
/// <param name="Lease">Until when the producer is alive without further signs.</param>
internal sealed record ReplyPart(int Number, byte[] Chunks, DateTimeOffset Lease);

/// <summary>A reply at one moment.</summary>
/// <param name="Parts">The parts after those that were read before, without a gap.</param>
internal sealed record ReplySnapshot(ReplyHead Head, IReadOnlyList<ReplyPart> Parts);
