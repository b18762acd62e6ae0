namespace LambdaChat.ReplyStore;

/// <summary>
/// The stored replies. Each reply has a head, its request, and numbered parts. Changes of the status are atomic. Every method may throw
/// <see cref="ReplyStoreException"/>; the change may then be stored or not. Calls can be repeated.
/// </summary>
internal interface IReplyStore
{
    /// <summary>
    /// True for a store in the memory of the process. Its calls complete synchronously, so that they need no other thread. A running reply
    /// does not expire, and its lease does not count, because its producer ends with the store.
    /// </summary>
    bool IsImmediate { get; }

    /// <summary>Returns the time of the store, which the processes that use it share. All times of leases are of this clock.</summary>
    ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new reply: its head, and then its request.</summary>
    Task CreateAsync(ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

    /// <summary>Stores the next part, which lives as long as the reply.</summary>
    Task AppendAsync(ReplyKey key, ReplyPart part, CancellationToken cancellationToken);

    /// <summary>Extends lease and expiry of a running reply, and returns its head; null if the reply does not exist.</summary>
    Task<ReplyHead?> RenewAsync(
        ReplyKey key, string generation, DateTimeOffset lease, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Returns the head; null if the reply does not exist or has expired.</summary>
    Task<ReplyHead?> ReadHeadAsync(ReplyKey key, CancellationToken cancellationToken);

    /// <summary>Returns the request; null if it is not stored yet, or if the reply does not exist or has expired.</summary>
    Task<StoredRequest?> ReadRequestAsync(ReplyKey key, CancellationToken cancellationToken);

    /// <summary>Returns the head and the parts after a number; null if the reply does not exist or has expired.</summary>
    Task<ReplySnapshot?> ReadAsync(ReplyKey key, int after, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a reply of this generation. For <see cref="ReplyStatus.Lost"/>, a cancelled reply keeps its status. An ended reply does not
    /// change.
    /// </summary>
    Task EndAsync(ReplyKey key, string generation, ReplyEnding ending, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Cancels a reply if it is running, and returns its head; null if the reply does not exist or has expired.</summary>
    Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken);

    /// <summary>Deletes a reply. False if it does not exist or has expired.</summary>
    Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a reply a name. An earlier reply with this name loses it; in a store that processes share, a later one keeps it.
    /// </summary>
    /// <param name="name">The key of the caller and the name.</param>
    Task SetNameAsync(ReplyKey name, NamedReply reply, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Returns the reply with this name; null if no reply has it.</summary>
    Task<NamedReply?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken);
}

/// <summary>The store did not respond, rejected the call, or is full.</summary>
internal sealed class ReplyStoreException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True if the same call fails again until somebody changes the table or its policy.</summary>
    public bool IsPermanent { get; init; }
}
