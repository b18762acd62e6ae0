using System.Text;

namespace LambdaChat.ReplyStore;

/// <summary>Replies in the memory of the process, up to a total size. If there is no room, the oldest ended replies are removed.</summary>
/// <param name="capacity">Maximum size of all replies together, in bytes. Each caller gets at most half of it.</param>
internal sealed class MemoryReplyStore(long capacity, TimeProvider timeProvider) : IReplyStore
{
    private const int Overhead = 512; // Bytes of a reply or a part in addition to its content.

    private readonly Lock _lock = new();
    private readonly Dictionary<ReplyKey, Reply> _replies = [];
    private readonly LinkedList<ReplyKey> _order = [];
    private readonly Dictionary<string, long> _callers = new(StringComparer.Ordinal); // The bytes of each caller.
    private long _used;

    /// <summary>A store of an eighth of the memory that the process may use.</summary>
    public static MemoryReplyStore Create(TimeProvider timeProvider) =>
        new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, timeProvider);

    public bool IsImmediate => true;

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(timeProvider.GetUtcNow());

    public Task CreateAsync(ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_replies.TryGetValue(key, out var old))
            {
                return old.Head.Generation == head.Generation
                    ? Task.CompletedTask
                    : throw new ReplyStoreException("A reply with this id exists.");
            }

            Add(key, head, request.ToArray());
        }

        return Task.CompletedTask;
    }

    public Task AppendAsync(ReplyKey key, ReplyPart part, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Otherwise an ended reply could be removed to make room for its own part.
            if (Find(key) is { Head.Ending: null } reply && part.Number == reply.Parts.Count + 1)
            {
                MakeRoom(key.Caller, part.Chunks.Length + Overhead);
                reply.Parts.Add(part with { Chunks = part.Chunks.ToArray() });
                Use(key.Caller, part.Chunks.Length + Overhead);
            }
        }

        return Task.CompletedTask;
    }

    public Task<ReplyHead?> RenewAsync(
        ReplyKey key, string generation, DateTimeOffset lease, DateTimeOffset expires, CancellationToken cancellationToken) =>
        Change(key, reply => reply.Head.Status == ReplyStatus.Running && reply.Head.Generation == generation
            ? reply.Head with { Lease = lease, Expires = expires }
            : reply.Head);

    public Task<ReplyHead?> ReadHeadAsync(ReplyKey key, CancellationToken cancellationToken) => Change(key, reply => reply.Head);

    public Task<StoredRequest?> ReadRequestAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(Find(key) is { } reply ? new StoredRequest(reply.Request, reply.Head.RequestLength) : null);
        }
    }

    public Task<ReplySnapshot?> ReadAsync(ReplyKey key, int after, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(Find(key) is { } reply ? new ReplySnapshot(reply.Head, [.. reply.Parts.Skip(after)]) : null);
        }
    }

    public Task EndAsync(
        ReplyKey key, string generation, ReplyEnding ending, DateTimeOffset expires, CancellationToken cancellationToken) =>
        Change(key, reply => reply.Head switch
        {
            { Ending: not null } head => head,
            var head when head.Generation != generation => head,
            { Status: ReplyStatus.Cancelled } head when ending.Status == ReplyStatus.Lost =>
                head with { Expires = expires, Ending = ending with { Status = ReplyStatus.Cancelled } },
            var head => head with { Status = ending.Status, Expires = expires, Ending = ending },
        });

    public Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken) => Change(key, reply =>
        reply.Head.Status == ReplyStatus.Running ? reply.Head with { Status = ReplyStatus.Cancelled } : reply.Head);

    public Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var exists = Find(key) is not null;
            Remove(key);
            return Task.FromResult(exists);
        }
    }

    // A name is stored as an ended reply, so that it counts toward the size. Its lease is the start of the reply that has it.
    public Task SetNameAsync(ReplyKey name, NamedReply reply, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        var head = new ReplyHead("", ReplyStatus.Completed, reply.At, expires)
        {
            Ending = new ReplyEnding(ReplyStatus.Completed, 0, expires, []),
        };
        lock (_lock)
        {
            if (Find(PlaceOf(name)) is not { } named || named.Head.Lease <= reply.At)
            {
                Remove(PlaceOf(name));
                Add(PlaceOf(name), head, Encoding.UTF8.GetBytes(reply.Id));
            }
        }

        return Task.CompletedTask;
    }

    public Task<NamedReply?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(
                Find(PlaceOf(name)) is { } named ? new NamedReply(Encoding.UTF8.GetString(named.Request), named.Head.Lease) : null);
        }
    }

    private static ReplyKey PlaceOf(ReplyKey name) => name with { Value = $"name {name.Value}" };

    private void Add(ReplyKey key, ReplyHead head, byte[] request)
    {
        MakeRoom(key.Caller, request.Length + Overhead);
        _replies[key] = new Reply(head, request, _order.AddLast(key));
        Use(key.Caller, request.Length + Overhead);
    }

    private Task<ReplyHead?> Change(ReplyKey key, Func<Reply, ReplyHead> change)
    {
        lock (_lock)
        {
            var reply = Find(key);
            return Task.FromResult(reply is null ? null : reply.Head = change(reply));
        }
    }

    private Reply? Find(ReplyKey key)
    {
        // A running reply does not expire. Its producer may be behind the clock, after the process was suspended or the clock was set.
        if (_replies.TryGetValue(key, out var reply) && reply.Head.Ending is not null && reply.Head.Expires <= timeProvider.GetUtcNow())
        {
            Remove(key);
            return null;
        }

        return reply;
    }

    // The oldest that have ended, and all that have expired, make room: at first those of the caller, if it has its share.
    private void MakeRoom(string caller, long bytes)
    {
        Remove(() => _callers.GetValueOrDefault(caller) + bytes > capacity / 2, caller);
        Remove(() => _used + bytes > capacity, caller: null);
    }

    private void Remove(Func<bool> isFull, string? caller)
    {
        for (var node = _order.First; node is not null && isFull();)
        {
            var (key, next) = (node.Value, node.Next);
            if ((caller is null || key.Caller == caller) && Find(key) is { Head.Ending: not null })
            {
                Remove(key);
            }

            node = next;
        }

        if (isFull())
        {
            throw new ReplyStoreException("The store is full of running replies.");
        }
    }

    private void Use(string caller, long bytes)
    {
        _used += bytes;
        if ((_callers[caller] = _callers.GetValueOrDefault(caller) + bytes) == 0)
        {
            _callers.Remove(caller);
        }
    }

    private void Remove(ReplyKey key)
    {
        if (_replies.Remove(key, out var reply))
        {
            _order.Remove(reply.Place);
            Use(key.Caller, -reply.Size);
        }
    }

    private sealed class Reply(ReplyHead head, byte[] request, LinkedListNode<ReplyKey> place)
    {
        public ReplyHead Head { get; set; } = head;

        public byte[] Request => request;

        /// <summary>In the order of the replies, so that removing it needs no search.</summary>
        public LinkedListNode<ReplyKey> Place => place;

        public List<ReplyPart> Parts { get; } = [];

        public long Size => request.Length + Overhead + Parts.Sum(part => (long)part.Chunks.Length + Overhead);
    }
}
