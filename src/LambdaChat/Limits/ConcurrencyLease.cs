using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>
/// One reply in progress in the table. The item <c>STREAMS</c> of a key or a model has the set <c>leases</c> and, for each lease, an
/// attribute with its expiry in Unix milliseconds. A lease is renewed after a third of its time. The lease of a killed environment expires,
/// and the next reply that finds no room removes it.
/// </summary>
internal sealed class ConcurrencyLease(DynamoTable table, ConcurrencyLimit limit, TimeSpan duration, TimeProvider timeProvider)
{
    private const string Sort = "STREAMS";
    private const int MaximumAttempts = 4; // Each attempt after the first follows the removal of expired leases.
    private const int MaximumRemoved = 50; // Leases per update.

    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    // Short, because one item has all leases. With it, a lease takes 32 bytes of the item.
    private readonly string _id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(8));
    private ITimer? _timer;
    private bool _mayBeTaken; // Also after an update without a response.
    private Task _renewal = Task.CompletedTask;

    // The clocks of the processes that share the leases differ.
    private DateTimeOffset Now => table.GetClock(timeProvider).Now;

    /// <summary>Takes a place. Returns the limit if no place is free.</summary>
    public async Task<LimitExceeded?> AcquireAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            if (await TryAddAsync(isNew: true, cancellationToken))
            {
                _timer = timeProvider.CreateTimer(static state => ((ConcurrencyLease)state!).Renew(), this, duration / 3, duration / 3);
                return null;
            }

            if (!await TryRemoveExpiredAsync(cancellationToken))
            {
                break;
            }
        }

        return LimitExceeded.Of(limit);
    }

    /// <summary>Releases the place if one was taken, or may have been taken by an update whose response was lost.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!_mayBeTaken)
        {
            return;
        }

        if (_timer is not null)
        {
            await _timer.DisposeAsync();
            await _renewal.WaitAsync(cancellationToken); // A renewal in progress would take the place again.
        }

        var request = CreateUpdate("DELETE #leases :lease REMOVE #id", _id);
        request.ConditionExpression = "attribute_exists(#id)"; // Otherwise the update could create an item that does not expire.
        request.ExpressionAttributeNames["#id"] = _id;
        await TryUpdateAsync(request, cancellationToken);
    }

    // If the lease exists, this changes only its expiry.
    private async Task<bool> TryAddAsync(bool isNew, CancellationToken cancellationToken)
    {
        var now = Now;
        var request = CreateUpdate("ADD #leases :lease SET #id = :until, #expires = :expires", _id);
        request.ExpressionAttributeNames["#id"] = _id;
        request.ExpressionAttributeNames["#expires"] = TableItems.Expires;
        request.ExpressionAttributeValues[":until"] = Number((now + duration).ToUnixTimeMilliseconds());
        request.ExpressionAttributeValues[":expires"] = Number((now + Retention).ToUnixTimeSeconds());
        if (isNew)
        {
            // The SDK repeats an update whose response is lost. The lease then exists.
            request.ConditionExpression = "attribute_not_exists(#leases) OR size(#leases) < :maximum OR attribute_exists(#id)";
            request.ExpressionAttributeValues[":maximum"] = Number(limit.Maximum);
        }

        _mayBeTaken = true;
        return _mayBeTaken = await TryUpdateAsync(request, cancellationToken);
    }

    // False if the condition of the update failed.
    private async Task<bool> TryUpdateAsync(UpdateItemRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await table.Client.UpdateItemAsync(request, cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            return false;
        }
    }

    // False if no place can be free. The condition fails if another reply renews or removes one of the leases meanwhile.
    private async Task<bool> TryRemoveExpiredAsync(CancellationToken cancellationToken)
    {
        var item = await table.ReadAsync(TableItems.Key(limit.Owner.Key, Sort), cancellationToken);
        var expired = FindExpired(item, Now.ToUnixTimeMilliseconds());
        if (expired.Count == 0)
        {
            return item is null || item.GetValueOrDefault("leases")?.SS is not { } leases || leases.Count < limit.Maximum;
        }

        var request = CreateUpdate($"DELETE #leases :lease REMOVE {string.Join(", ", expired.Select((_, i) => $"#e{i}"))}", [.. expired]);
        request.ConditionExpression = string.Join(" AND ", expired.Select((_, i) => $"#e{i} = :e{i}"));
        for (var i = 0; i < expired.Count; i++)
        {
            request.ExpressionAttributeNames[$"#e{i}"] = expired[i];
            request.ExpressionAttributeValues[$":e{i}"] = item![expired[i]];
        }

        await TryUpdateAsync(request, cancellationToken);
        return true; // Also if another reply has changed the leases: there may be a free place.
    }

    private static List<string> FindExpired(Dictionary<string, AttributeValue>? item, long now) =>
    [
        .. (item?.GetValueOrDefault("leases")?.SS ?? [])
            .Where(id => item!.GetValueOrDefault(id)?.N is { } until && long.Parse(until, CultureInfo.InvariantCulture) <= now)
            .Take(MaximumRemoved),
    ];

    private void Renew()
    {
        if (_renewal.IsCompleted)
        {
            _renewal = RenewAsync();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(duration / 3, timeProvider);
            await TryAddAsync(isNew: false, timeout.Token);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            // The next renewal follows before the lease expires.
        }
    }

    private UpdateItemRequest CreateUpdate(string expression, params List<string> leases) => new()
    {
        TableName = table.Name,
        Key = TableItems.Key(limit.Owner.Key, Sort),
        UpdateExpression = expression,
        ExpressionAttributeNames = new() { ["#leases"] = "leases" },
        ExpressionAttributeValues = new() { [":lease"] = new() { SS = leases } },
    };

    private static AttributeValue Number(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };
}
