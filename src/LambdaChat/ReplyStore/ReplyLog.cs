using System.Threading.Channels;

namespace LambdaChat.ReplyStore;

/// <summary>
/// Writes one running reply to the store, in the background: the reply never waits for it. Chunks are collected for an interval and stored
/// as one part. A store that does not respond for a while is given up, and the reply goes on without it.
/// </summary>
internal sealed partial class ReplyLog : IAsyncDisposable
{
    private readonly IReplyStore _store;
    private readonly ReplyKey _key;
    private readonly ReplyStoreSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly string _generation = Guid.NewGuid().ToString("N");
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly TaskCompletionSource<bool> _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancelled = new();
    private readonly WaitingChunks _waiting = new();
    private readonly Task _run;
    private ReplyEnding? _ending;
    private volatile bool _hasFailed;
    private volatile bool _isFailing; // The last call failed.
    private volatile bool _isCancelled;
    private int _parts;
    private int _intervals;
    private long _lastSign;
    private long _callStart; // Of the calls that run; 0 for none.

    /// <summary>Starts to store a reply.</summary>
    /// <param name="request">The request as the API wants to read it again.</param>
    public ReplyLog(
        IReplyStore store, ReplyKey key, ReadOnlyMemory<byte> request, ReplyStoreSettings settings, TimeProvider timeProvider,
        ILogger logger)
    {
        (_store, _key, _settings, _timeProvider, _logger) = (store, key, settings, timeProvider, logger);
        Cancelled = _cancelled.Token;
        _run = store.IsImmediate ? RunAsync(request) : Task.Run(() => RunAsync(request));
    }

    /// <summary>Completes when the store has the reply, with true, or is given up, with false.</summary>
    public Task<bool> Created => _created.Task;

    /// <summary>True once the store was given up.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>True once the reply was cancelled or deleted.</summary>
    public bool IsCancelled => _isCancelled;

    /// <summary>Cancelled with the reply.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>Takes the next chunk. None may follow the end.</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (!_hasFailed && _waiting.Add(chunk) > _settings.MaximumWaiting)
        {
            _hasFailed = true; // Never set back: another thread may set it, too.
        }
    }

    /// <summary>
    /// Gives the store up if it is failing or stuck, or does not confirm soon that it has the reply: a client may rely on what its last
    /// event says.
    /// </summary>
    public async ValueTask ConfirmAsync()
    {
        if (!_created.Task.IsCompleted)
        {
            await Task.WhenAny(_created.Task, Task.Delay(_settings.ConfirmationTimeout, _timeProvider));
        }

        if (_isFailing || IsStuck() || !_created.Task.IsCompleted)
        {
            _hasFailed = true;
        }
    }

    /// <summary>Takes the end of the reply.</summary>
    /// <param name="error">The error of a failed reply; empty for none.</param>
    public void End(ReplyStatus status, DateTimeOffset at, byte[] error)
    {
        Interlocked.CompareExchange(ref _ending, new ReplyEnding(status, 0, at, error), null);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Waits until the store has the end of the reply where nothing runs after the request, for a limited time.</summary>
    public async ValueTask DisposeAsync()
    {
        End(ReplyStatus.Lost, _timeProvider.GetUtcNow(), []);
        if (_settings.WaitsAtEnd)
        {
            await Task.WhenAny(_run, Task.Delay(_settings.EndTimeout, _timeProvider));
        }
    }

    private async Task RunAsync(ReadOnlyMemory<byte> request)
    {
        await using var timer = _timeProvider.CreateTimer(_ => _wake.Writer.TryWrite(true), null, _settings.Interval, _settings.Interval);
        try
        {
            _lastSign = _timeProvider.GetTimestamp();
            await CreateAsync(request);
            _created.TrySetResult(!_hasFailed);
            while (!await StoreAsync())
            {
                Volatile.Write(ref _callStart, 0);
                await _wake.Reader.ReadAsync();
                Volatile.Write(ref _callStart, _timeProvider.GetTimestamp());
            }
        }
        catch (Exception exception) // The reply goes on, whatever the store does.
        {
            _hasFailed = true;
            _created.TrySetResult(false);
            NotStored(exception);
        }
    }

    private bool IsStuck() =>
        Volatile.Read(ref _callStart) is not 0 and var start && _timeProvider.GetElapsedTime(start) > _settings.EndTimeout;

    private Task CreateAsync(ReadOnlyMemory<byte> request)
    {
        var compressed = Compression.Compress(request.Span);
        if (compressed.Length > _settings.MaximumRequest)
        {
            throw new ReplyStoreException("The request is too long for the store.");
        }

        var now = _timeProvider.GetUtcNow();
        var head = new ReplyHead(_generation, ReplyStatus.Running, now + _settings.Lease, ExpiryOf(now + ReplyStoreSettings.LongestRun));
        return RetryAsync(() => _store.CreateAsync(_key, head, compressed, CancellationToken.None));
    }

    // Stores what has arrived. True after the end.
    private async Task<bool> StoreAsync()
    {
        var ending = Volatile.Read(ref _ending); // Before the chunks: none follows it.
        var bytes = _waiting.Take();
        if (_hasFailed)
        {
            throw new ReplyStoreException("The store is too slow.");
        }

        for (var start = 0; start < bytes.Length; start += _settings.MaximumPart)
        {
            var chunks = bytes.Span[start..Math.Min(start + _settings.MaximumPart, bytes.Length)].ToArray();
            var number = ++_parts;
            await RetryAsync(() => AppendAsync(number, chunks));
        }

        if (ending is not null)
        {
            ending = ending with { Parts = _parts };
            await RetryAsync(() => EndAsync(ending));
            return true;
        }

        if (++_intervals % _settings.IntervalsPerCheck == 0)
        {
            await CheckAsync();
        }

        return false;
    }

    private Task EndAsync(ReplyEnding ending) =>
        _store.EndAsync(_key, _generation, ending, ExpiryOf(_timeProvider.GetUtcNow()), CancellationToken.None);

    private Task AppendAsync(int number, byte[] chunks)
    {
        var now = _timeProvider.GetUtcNow();
        _lastSign = _timeProvider.GetTimestamp();
        var part = new ReplyPart(number, chunks, now + _settings.Lease);
        return _store.AppendAsync(_key, part, ExpiryOf(now + ReplyStoreSettings.LongestRun), CancellationToken.None);
    }

    // Extends the lease during a silence, and reads whether the reply was cancelled. The next check follows soon, so none is repeated.
    private async Task CheckAsync()
    {
        try
        {
            var isSilent = _timeProvider.GetElapsedTime(_lastSign) >= _settings.Renewal;
            var head = isSilent
                ? await _store.RenewAsync(_key, _generation, _timeProvider.GetUtcNow() + _settings.Lease, CancellationToken.None)
                : await _store.ReadHeadAsync(_key, CancellationToken.None);
            _lastSign = isSilent ? _timeProvider.GetTimestamp() : _lastSign;
            if (head is null or { Status: ReplyStatus.Cancelled })
            {
                _isCancelled = true;
                await _cancelled.CancelAsync();
            }
            else if (head.Status != ReplyStatus.Running)
            {
                _hasFailed = true; // A reader took this process for dead.
            }
        }
        catch (ReplyStoreException exception)
        {
            CheckFailed(exception);
        }
    }

    private async Task RetryAsync(Func<Task> call)
    {
        var start = _timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await call();
                _isFailing = false;
                return;
            }
            catch (ReplyStoreException exception) when (!_hasFailed && _timeProvider.GetElapsedTime(start) < _settings.Patience)
            {
                _isFailing = true;
                CheckFailed(exception);
                await _wake.Reader.ReadAsync();
            }
        }
    }

    private DateTimeOffset ExpiryOf(DateTimeOffset end) => end + _settings.Retention;

    [LoggerMessage(LogLevel.Warning, "A reply is not stored, because the store of replies failed.")]
    private partial void NotStored(Exception exception);

    [LoggerMessage(LogLevel.Debug, "A call of the store of replies failed.")]
    private partial void CheckFailed(Exception exception);
}
