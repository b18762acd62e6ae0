using System.Globalization;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>
/// One reply under way in the table. The item <c>STREAMS</c> of a subject has the set <c>leases</c>, and for each of its members the time
/// (Unix milliseconds) until which it counts. Renewed three times as often as it must be; that of an environment that was killed ends by itself,
/// and is thrown out by the next reply that finds no room.
/// </summary>
internal sealed class ConcurrencyLease(DynamoTable table, ConcurrencyLimit limit, TimeSpan duration, TimeProvider timeProvider)
{
    private const string Sort = "STREAMS";
    private const int MaximumAttempts = 4; // Each but the first after leases that had ended were thrown out.
    private const int MaximumEnded = 50; // At once.

    private static readonly TimeSpan Keeping = TimeSpan.FromDays(1);

    private readonly string _id = Guid.NewGuid().ToString("N");
    private ITimer? _timer;
    private Task _renewal = Task.CompletedTask;

    /// <summary>Takes a place; the limit where none is free.</summary>
    public async Task<LimitExceeded?> AcquireAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            if (await TryAddAsync(isNew: true, cancellationToken))
            {
                _timer = timeProvider.CreateTimer(static state => ((ConcurrencyLease)state!).Renew(), this, duration / 3, duration / 3);
                return null;
            }

            if (!await TryThrowOutAsync(cancellationToken))
            {
                break;
            }
        }

        return LimitExceeded.Of(limit);
    }

    /// <summary>Gives the place back, where one was taken.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_timer is null)
        {
            return;
        }

        await _timer.DisposeAsync();
        await _renewal.WaitAsync(cancellationToken); // One that is under way would take the place again.
        var request = CreateUpdate("DELETE #leases :lease REMOVE #id", _id);
        request.ExpressionAttributeNames["#id"] = _id;
        await table.Client.UpdateItemAsync(request, cancellationToken);
    }

    // Adding a member that is there changes nothing but its time.
    private async Task<bool> TryAddAsync(bool isNew, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var request = CreateUpdate("ADD #leases :lease SET #id = :until, #expires = :expires", _id);
        request.ExpressionAttributeNames["#id"] = _id;
        request.ExpressionAttributeNames["#expires"] = TableItems.Expires;
        request.ExpressionAttributeValues[":until"] = Number((now + duration).ToUnixTimeMilliseconds());
        request.ExpressionAttributeValues[":expires"] = Number((now + Keeping).ToUnixTimeSeconds());
        if (isNew)
        {
            request.ConditionExpression = "attribute_not_exists(#leases) OR size(#leases) < :most";
            request.ExpressionAttributeValues[":most"] = Number(limit.Most);
        }

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

    // False where none has ended. The condition holds only while nobody has renewed or thrown out one of them.
    private async Task<bool> TryThrowOutAsync(CancellationToken cancellationToken)
    {
        var item = await table.ReadAsync(TableItems.Key(limit.Subject.Partition, Sort), cancellationToken);
        var ended = FindEnded(item, timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        if (ended.Count == 0)
        {
            return item is null || item.GetValueOrDefault("leases")?.SS is not { } leases || leases.Count < limit.Most;
        }

        var request = CreateUpdate($"DELETE #leases :lease REMOVE {string.Join(", ", ended.Select((_, i) => $"#e{i}"))}", [.. ended]);
        request.ConditionExpression = string.Join(" AND ", ended.Select((_, i) => $"#e{i} = :e{i}"));
        for (var i = 0; i < ended.Count; i++)
        {
            request.ExpressionAttributeNames[$"#e{i}"] = ended[i];
            request.ExpressionAttributeValues[$":e{i}"] = item![ended[i]];
        }

        try
        {
            await table.Client.UpdateItemAsync(request, cancellationToken);
        }
        catch (ConditionalCheckFailedException)
        {
            // Somebody else was faster, which may have made room.
        }

        return true;
    }

    private static List<string> FindEnded(Dictionary<string, AttributeValue>? item, long now) =>
        [.. (item?.GetValueOrDefault("leases")?.SS ?? []).Where(id => item!.GetValueOrDefault(id)?.N is { } until && long.Parse(until, CultureInfo.InvariantCulture) <= now).Take(MaximumEnded)];

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
            // The next renewal comes before the lease has ended.
        }
    }

    private UpdateItemRequest CreateUpdate(string expression, params List<string> leases) => new()
    {
        TableName = table.Name,
        Key = TableItems.Key(limit.Subject.Partition, Sort),
        UpdateExpression = expression,
        ExpressionAttributeNames = new() { ["#leases"] = "leases" },
        ExpressionAttributeValues = new() { [":lease"] = new() { SS = leases } },
    };

    private static AttributeValue Number(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };
}
