using System.Collections.Concurrent;
using System.Security.Cryptography;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.DynamoDb;

/// <summary>
/// Validates keys against the table. A key is cached for <c>KEY_CACHE_SECONDS</c> and read again in the background after half of that time,
/// so that warm requests do not wait. A disabled key is refused after that time at the latest. While the table is unavailable, only cached
/// keys are accepted.
/// </summary>
internal sealed partial class DynamoKeys(
    DynamoTable table, DynamoKeySettings settings, TimeProvider timeProvider, ILogger<DynamoKeys> logger)
    : ICredentialValidator
{
    private const int MaximumCached = 4096; // Keys of each kind, known and unknown.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<CachedKey?>> _reads = [];
    private readonly ConcurrentDictionary<string, CachedKey> _known = new();
    private readonly ConcurrentDictionary<string, CachedKey> _unknown = new(); // Separate, so that guesses do not evict known keys.

    public async Task<AuthenticationResult?> ValidateAsync(HttpContext context, string credential)
    {
        if (!ApiKeyGenerator.HasKeyFormat(credential))
        {
            return null;
        }

        var hash = ApiKeyGenerator.Hash(credential);
        var id = Convert.ToHexStringLower(hash);
        if (!_known.TryGetValue(id, out var cached))
        {
            _unknown.TryGetValue(id, out cached);
        }

        var now = timeProvider.GetUtcNow(); // After the search: only a clock that was set back makes the key newer.
        if (cached is null || now < cached.Time || now - cached.Time >= settings.CacheTime)
        {
            cached = await ReadOnce(id, hash).WaitAsync(context.RequestAborted);
        }
        else if (now - cached.Time >= settings.CacheTime / 2)
        {
            _ = ReadOnce(id, hash);
        }

        return cached is null
            ? AuthenticationResult.Unavailable("keys_unreachable", "API keys cannot be checked at the moment. Try again.")
            : cached.Key?.Authenticate(context.Request.Headers.Origin.ToString(), now);
    }

    private Task<CachedKey?> ReadOnce(string id, byte[] hash)
    {
        lock (_lock)
        {
            return _reads.TryGetValue(id, out var read) ? read : _reads[id] = Task.Run(() => ReadAsync(id, hash));
        }
    }

    private async Task<CachedKey?> ReadAsync(string id, byte[] hash)
    {
        var time = timeProvider.GetUtcNow(); // Before the call: the response does not show later changes.
        try
        {
            using var timeout = new CancellationTokenSource(ReadTimeout, timeProvider);
            var item = await table.ReadAsync(KeyItemSerializer.Key(hash), timeout.Token);
            var key = item is null ? null : KeyItemSerializer.Read(item).Key;
            var cached = new CachedKey(key is not null && CryptographicOperations.FixedTimeEquals(key.Hash, hash) ? key : null, time);
            Cache(id, cached);
            return cached;
        }
        catch (Exception exception) when (TableItems.IsFailure(exception) || exception is ConfigurationException)
        {
            NotRead(exception is ConfigurationException ? exception.Message.TrimEnd('.') : exception.GetType().Name);
            return null;
        }
        finally
        {
            lock (_lock)
            {
                _reads.Remove(id);
            }
        }
    }

    private void Cache(string id, CachedKey cached)
    {
        var (own, other) = cached.Key is null ? (_unknown, _known) : (_known, _unknown);
        if (own.Count >= MaximumCached)
        {
            own.Clear();
        }

        own[id] = cached;
        other.TryRemove(id, out _);
    }

    [LoggerMessage(LogLevel.Error, "A key could not be read from TABLE: {Reason}.")]
    private partial void NotRead(string reason);

    private sealed record CachedKey(ApiKey? Key, DateTimeOffset Time);
}
