using System.Threading.Channels;
using LambdaChat.ReplyStore;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.ReplyStore;

/// <summary>A store in memory that reports each call, and fails on request.</summary>
internal sealed class ScriptedReplyStore(TimeProvider timeProvider, long capacity = 1024 * 1024) : IReplyStore
{
    private readonly MemoryReplyStore _memory = new(capacity, timeProvider);
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    public bool IsImmediate { get; set; }

    /// <summary>True to fail all calls.</summary>
    public bool IsFailing { get; set; }

    /// <summary>True if the failures are permanent.</summary>
    public bool IsPermanent { get; set; }

    /// <summary>Holds new replies and parts until it completes; null to hold none.</summary>
    public Task? Gate { get; set; }

    /// <summary>Holds names until it completes.</summary>
    public Task NameGate { get; set; } = Task.CompletedTask;

    /// <summary>The number of reads that do not see the last part yet.</summary>
    public int EarlyReads { get; set; }

    /// <summary>Runs between the response to a read and its reader; null for nothing.</summary>
    public Action? AfterRead { get; set; }

    /// <summary>The error of the store's clock.</summary>
    public TimeSpan ClockError { get; set; }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(timeProvider.GetUtcNow() + ClockError);

    /// <summary>Waits for the next call of this kind, and advances the time until it comes.</summary>
    public async Task WaitForAsync(string call, Action? advance = null)
    {
        using var limit = WaitLimit.Start();
        for (var i = 0; ; i++)
        {
            Assert.True(i < 20_000_000, $"The call {call} does not come.");
            while (_calls.Reader.TryRead(out var made))
            {
                if (made == call)
                {
                    return;
                }
            }

            if (advance is null)
            {
                await _calls.Reader.WaitToReadAsync(limit.Token);
                continue;
            }

            advance();
            await Task.Yield();
        }
    }

    /// <summary>The number of calls of this kind since the last count.</summary>
    public int Count(string call)
    {
        var count = 0;
        while (_calls.Reader.TryRead(out var made))
        {
            count += made == call ? 1 : 0;
        }

        return count;
    }

    public Task CreateAsync(ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
        RunAsync("create", key, async () =>
        {
            await (Gate ?? Task.CompletedTask);
            await _memory.CreateAsync(key, head, request, cancellationToken);
        });

    public Task AppendAsync(ReplyKey key, ReplyPart part, CancellationToken cancellationToken) =>
        RunAsync("append", key, async () =>
        {
            await (Gate ?? Task.CompletedTask);
            await _memory.AppendAsync(key, part, cancellationToken);
        });

    public Task<ReplyHead?> RenewAsync(
        ReplyKey key, string generation, DateTimeOffset lease, DateTimeOffset expires, CancellationToken cancellationToken) =>
        RunAsync("renew", key, () => _memory.RenewAsync(key, generation, lease, expires, cancellationToken));

    public Task<ReplyHead?> ReadHeadAsync(ReplyKey key, CancellationToken cancellationToken) =>
        RunAsync("head", key, () => _memory.ReadHeadAsync(key, cancellationToken));

    public Task<StoredRequest?> ReadRequestAsync(ReplyKey key, CancellationToken cancellationToken) =>
        RunAsync("request", key, () => _memory.ReadRequestAsync(key, cancellationToken));

    public Task<ReplySnapshot?> ReadAsync(ReplyKey key, int after, CancellationToken cancellationToken) =>
        RunAsync("read", key, async () =>
        {
            var snapshot = await _memory.ReadAsync(key, after, cancellationToken);
            AfterRead?.Invoke();
            return EarlyReads-- > 0 ? snapshot! with { Parts = [.. snapshot.Parts.SkipLast(1)] } : snapshot;
        });

    public Task EndAsync(
        ReplyKey key, string generation, ReplyEnding ending, DateTimeOffset expires, CancellationToken cancellationToken) =>
        RunAsync("end", key, () => _memory.EndAsync(key, generation, ending, expires, cancellationToken));

    public Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken) =>
        RunAsync("cancel", key, () => _memory.CancelAsync(key, cancellationToken));

    public Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken) =>
        RunAsync("delete", key, () => _memory.DeleteAsync(key, cancellationToken));

    public Task SetNameAsync(ReplyKey name, NamedReply reply, DateTimeOffset expires, CancellationToken cancellationToken) =>
        RunAsync("name", name, async () =>
        {
            await NameGate;
            await _memory.SetNameAsync(name, reply, expires, cancellationToken);
        });

    public Task<NamedReply?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken) =>
        RunAsync("find", name, () => _memory.FindNameAsync(name, cancellationToken));

    private T RunAsync<T>(string call, ReplyKey key, Func<T> run)
        where T : Task
    {
        try
        {
            RemoveExpired(key);
            return IsFailing ? throw new ReplyStoreException("The store fails.") { IsPermanent = IsPermanent } : run();
        }
        finally
        {
            _calls.Writer.TryWrite(call);
        }
    }

    // In a store that processes share, running replies expire, too.
    private void RemoveExpired(ReplyKey key)
    {
        var head = IsImmediate ? null : _memory.ReadHeadAsync(key, CancellationToken.None).GetAwaiter().GetResult();
        if (head?.Expires <= timeProvider.GetUtcNow())
        {
            _memory.DeleteAsync(key, CancellationToken.None);
        }
    }
}
