using System.Threading.Channels;

namespace LambdaChat.ReplyStore;

/// <summary>Writes one running reply to the store, in the background: the reply never waits for it. Chunks are collected for an interval
/// and stored as one part. If the store does not respond for a while, the reply continues without it.</summary>
internal sealed partial class ReplyProducer : IAsyncDisposable
{
    private readonly IReplyStore _store;
    private readonly ReplyKey _key;
    private readonly ReplyName? _name;
    private readonly ReplyStoreSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly string _requestId;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly string _generation = Guid.NewGuid().ToString("N");
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly TaskCompletionSource<bool> _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancelled = new();
    private readonly WaitingChunks _waiting = new();
    private ReplyEnding? _ending;
    private volatile bool _isFailing; // The last call failed.
    private volatile bool _isCancelled;
    private int _parts;
    private long _lastSign;
    private long _lastHead; // When the expiry of the head was set.
    private long _lastCheck;
    private long _callStart; // The timestamp at which the running call started; 0 for none.

    /// <summary>Starts to store a reply.</summary>
    /// <param name="request">The request, in the form in which the API reads it later.</param>
    /// <param name="requestId">The id of the request, for the log.</param>
    /// <param name="name">The name of the reply; null for none.</param>
    public ReplyProducer(
        IReplyStore store, ReplyKey key, ReadOnlyMemory<byte> request, ReplyStoreSettings settings, TimeProvider timeProvider,
        string requestId, ILogger logger, ReplyName? name = null)
    {
        (_store, _key, _settings, _timeProvider, _requestId, _logger) = (store, key, settings, timeProvider, requestId, logger);
        (_name, _start) = (name, timeProvider.GetTimestamp());
        Cancelled = _cancelled.Token;
        Run = store.IsImmediate ? RunAsync(request) : Task.Run(() => RunAsync(request));
    }

    /// <summary>Completes when the store has the end of the reply, or the reply ended without the store.</summary>
    public Task Run { get; }

    /// <summary>Completes with true when the store has the reply, or with false when it cannot be stored.</summary>
    public Task<bool> Created => _created.Task;

    /// <summary>True once the reply was cancelled or deleted.</summary>
    public bool IsCancelled => _isCancelled;

    /// <summary>Cancelled when the reply is cancelled.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>Adds the next chunk. Do not call it after the end.</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (!HasFailed && _waiting.Add(chunk) > _settings.MaximumWaiting)
        {
            Fail();
        }
    }

    /// <summary>Adds the end of the reply.</summary>
    /// <param name="error">The error of a failed reply; empty for none.</param>
    public void End(ReplyStatus status, DateTimeOffset at, byte[] error)
    {
        Interlocked.CompareExchange(ref _ending, new ReplyEnding(status, 0, at, error), null);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Adds the end, which a store in the memory of the process then has: the client may read its reply at once.</summary>
    public Task EndAsync(ReplyStatus status, DateTimeOffset at, byte[] error)
    {
        End(status, at, error);
        return _store.IsImmediate ? WaitAsync(Run, _settings.ConfirmationTimeout) : Task.CompletedTask;
    }

    /// <summary>If the process stops after the request, waits for a limited time until the store has the end of the reply.</summary>
    public async ValueTask DisposeAsync()
    {
        End(ReplyStatus.Lost, _timeProvider.GetUtcNow(), []);
        if (_settings.WaitsAtEnd)
        {
            await WaitAsync(Run, _settings.EndTimeout);
        }
    }

    // Ends the timer, too, if the task completes before it.
    private async Task WaitAsync(Task task, TimeSpan timeout) =>
        await task.WaitAsync(timeout, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RunAsync(ReadOnlyMemory<byte> request)
    {
        await using var timer = _timeProvider.CreateTimer(_ => _wake.Writer.TryWrite(true), null, _settings.Interval, _settings.Interval);
        try
        {
            _lastSign = _lastHead = _lastCheck = _callStart = _start;
            await CreateAsync(request);
            request = default; // The reply may take minutes, and the request may be large.
            _created.TrySetResult(!HasFailed);
            while (!await StoreAsync())
            {
                Volatile.Write(ref _callStart, 0);
                await _wake.Reader.ReadAsync();
                Volatile.Write(ref _callStart, _timeProvider.GetTimestamp());
            }
        }
        catch (Exception exception) // A failure of the store must not end the reply.
        {
            Fail();
            _created.TrySetResult(false);
            if (IsTooLarge)
            {
                RequestIsTooLarge(_requestId);
            }
            else
            {
                NotStored(_requestId, exception);
            }
        }
        finally
        {
            Volatile.Write(ref _callStart, 0);
            _waiting.Return();
        }

        await WatchAsync();
        if (HasFailed && _isCreated && _store.IsImmediate)
        {
            await LoseAsync();
        }
    }

    // Stores the chunks that wait. True after the end of the reply.
    private async Task<bool> StoreAsync()
    {
        var ending = Volatile.Read(ref _ending); // Read before the chunks: no chunk follows the end.
        var bytes = _waiting.Take();
        if (HasFailed)
        {
            throw new ReplyStoreException("The store is too slow.");
        }

        for (var start = 0; start < bytes.Length; start += _settings.MaximumPart)
        {
            var chunks = bytes.Memory[start..Math.Min(start + _settings.MaximumPart, bytes.Length)];
            await RetryAsync(() => AppendAsync(_parts + 1, chunks));
            _parts++;
        }

        if (ending is not null)
        {
            ending = ending with { Parts = _parts };
            await RetryAsync(() => EndAsync(ending));
            return true;
        }

        if (_timeProvider.GetElapsedTime(_lastCheck) >= _settings.CheckInterval)
        {
            await CheckAsync();
        }

        return false;
    }

    private async Task EndAsync(ReplyEnding ending) =>
        await _store.EndAsync(_key, _generation, ending, await GetTimeAsync() + _settings.Retention, CancellationToken.None);

    private async Task AppendAsync(int number, ReadOnlyMemory<byte> chunks)
    {
        var now = await GetTimeAsync();
        _lastSign = _timeProvider.GetTimestamp();
        await _store.AppendAsync(_key, new ReplyPart(number, chunks, now + _settings.Lease), CancellationToken.None);
    }

    private ValueTask<DateTimeOffset> GetTimeAsync() => _store.GetTimeAsync(CancellationToken.None);

    private async Task RetryAsync(Func<Task> call)
    {
        var start = _timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await call();
                _isFailing = false;
                Volatile.Write(ref _callStart, _timeProvider.GetTimestamp()); // The next call may follow at once.
                return;
            }
            catch (ReplyStoreException exception) when (
                !HasFailed && !exception.IsPermanent && _timeProvider.GetElapsedTime(start) < _settings.MaximumOutage)
            {
                _isFailing = true;
                CallFailed(_requestId, exception);
                await _wake.Reader.ReadAsync();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The reply to request {RequestId} is not stored, because the reply store failed.")]
    private partial void NotStored(string requestId, Exception exception);

    [LoggerMessage(
        LogLevel.Warning, "The reply to request {RequestId} is not stored, because the request is too large for the reply store.")]
    private partial void RequestIsTooLarge(string requestId);

    [LoggerMessage(LogLevel.Debug, "A call to the reply store for request {RequestId} failed.")]
    private partial void CallFailed(string requestId, Exception exception);
}
