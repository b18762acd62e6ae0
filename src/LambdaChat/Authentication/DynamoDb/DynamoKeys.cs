using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.DynamoDb;

/// <summary>
/// The keys of the table. What it says of one is kept for <c>KEY_CACHE_SECONDS</c>, and asked again in the background after half of that, so that a
/// warm request does not wait; a key that is disabled opens nothing after that time at the latest. While the table does not answer, only who is still
/// remembered enters.
/// </summary>
internal sealed partial class DynamoKeys(DynamoTable table, DynamoKeySettings settings, TimeProvider timeProvider, ILogger<DynamoKeys> logger) : ICredentialValidator
{
    private const int MaximumKept = 4096;
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<Kept?>> _reads = [];
    private readonly ConcurrentDictionary<string, Kept> _known = new();
    private readonly ConcurrentDictionary<string, Kept> _unknown = new(); // Apart, so that guesses displace nobody.

    public async Task<AuthenticationResult?> JudgeAsync(HttpContext context, string credential)
    {
        if (!ApiKeyGenerator.HasForm(credential))
        {
            return null;
        }

        var hash = ApiKeyGenerator.Hash(credential);
        var id = Convert.ToHexStringLower(hash);
        var now = timeProvider.GetUtcNow();
        if (!_known.TryGetValue(id, out var kept))
        {
            _unknown.TryGetValue(id, out kept);
        }

        if (kept is null || now - kept.Time >= settings.CacheTime)
        {
            kept = await ReadOnce(id, hash).WaitAsync(context.RequestAborted);
        }
        else if (now - kept.Time >= settings.CacheTime / 2)
        {
            _ = ReadOnce(id, hash);
        }

        return kept is null ? AuthenticationResult.Undecided("keys_unreachable", "Keys cannot be checked just now. Try again.") : kept.Key?.Judge(context.Request.Headers.Origin.ToString(), now);
    }

    private Task<Kept?> ReadOnce(string id, byte[] hash)
    {
        lock (_lock)
        {
            return _reads.TryGetValue(id, out var read) ? read : _reads[id] = Task.Run(() => ReadAsync(id, hash));
        }
    }

    private async Task<Kept?> ReadAsync(string id, byte[] hash)
    {
        var time = timeProvider.GetUtcNow(); // Of the question: what happens to the key after it is not in the answer.
        try
        {
            using var timeout = new CancellationTokenSource(ReadTimeout, timeProvider);
            var request = new GetItemRequest { TableName = table.Name, Key = KeyItemSerializer.Key(hash), ConsistentRead = true };
            var response = await table.Client.GetItemAsync(request, timeout.Token);
            var key = response.IsItemSet ? KeyItemSerializer.Read(response.Item).Key : null;
            var kept = new Kept(key is not null && CryptographicOperations.FixedTimeEquals(key.Hash, hash) ? key : null, time);
            Keep(id, kept);
            return kept;
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException or ConfigurationException)
        {
            NotRead(exception is ConfigurationException ? exception.Message : exception.GetType().Name);
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

    private void Keep(string id, Kept kept)
    {
        var (its, other) = kept.Key is null ? (_unknown, _known) : (_known, _unknown);
        if (its.Count >= MaximumKept)
        {
            its.Clear();
        }

        its[id] = kept;
        other.TryRemove(id, out _);
    }

    [LoggerMessage(LogLevel.Error, "A key could not be looked up in TABLE: {Reason}.")]
    private partial void NotRead(string reason);

    private sealed record Kept(ApiKey? Key, DateTimeOffset Time);
}
