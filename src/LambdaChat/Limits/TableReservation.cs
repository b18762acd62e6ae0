using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>
/// One request's booking in the table: an item for each subject and window, <c>requests</c>, <c>tokens</c> and <c>cost</c> its numbers.
/// Each is one atomic update with a condition, so that any number of environments may book at once; what is refused in part is given back.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.AtomicCounters
/// </summary>
internal sealed class TableReservation(DynamoTable table, Reservation reservation, TimeSpan lease, TimeProvider timeProvider) : ISharedReservation
{
    private const string Addition = "ADD #requests :requests, #tokens :tokens, #cost :cost SET #expires = :expires";

    private static readonly TimeSpan Keeping = TimeSpan.FromDays(1); // After a window's end, for those who still settle in it.

    private readonly List<ConcurrencyLease> _leases = [.. reservation.Streams.Select(limit => new ConcurrencyLease(table, limit, lease, timeProvider))];

    public async Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
        [
            .. reservation.Accounts.Select(window => TakeAsync(window, cancellationToken)),
            .. _leases.Select(lease => lease.AcquireAsync(cancellationToken)),
        ]);
        return Array.Find(answers, exceeded => exceeded is not null);
    }

    public Task SettleAsync(Usage actual, CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. reservation.Accounts.Select(window => AddAsync(window, window.IsStored ? actual - reservation.Reserved : actual, cancellationToken)),
        .. _leases.Select(lease => lease.ReleaseAsync(cancellationToken)),
    ]);

    private async Task<LimitExceeded?> TakeAsync(UsageWindow window, CancellationToken cancellationToken)
    {
        var request = CreateUpdate(window, reservation.Reserved);
        request.ConditionExpression = string.Join(" AND ", Conditions(window, request.ExpressionAttributeValues));
        request.ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD;
        try
        {
            var response = await table.Client.UpdateItemAsync(request, cancellationToken);
            window.IsStored = true;
            window.Seen = Read(response.Attributes);
            return null;
        }
        catch (ConditionalCheckFailedException exception)
        {
            window.Seen = Read(exception.Item is { Count: > 0 } item ? item : await table.ReadAsync(request.Key, cancellationToken));
            return LimitExceeded.Of(window, window.FindReached(window.Seen) ?? window.FirstLimit, timeProvider.GetUtcNow());
        }
    }

    private async Task AddAsync(UsageWindow window, Usage difference, CancellationToken cancellationToken)
    {
        if (difference != Usage.Nothing)
        {
            await table.Client.UpdateItemAsync(CreateUpdate(window, difference), cancellationToken);
        }
    }

    private UpdateItemRequest CreateUpdate(UsageWindow window, Usage added) => new()
    {
        TableName = table.Name,
        Key = TableItems.Key(window.Subject.Partition, window.Sort),
        UpdateExpression = Addition,
        ExpressionAttributeNames = new() { ["#requests"] = "requests", ["#tokens"] = "tokens", ["#cost"] = "cost", ["#expires"] = TableItems.Expires },
        ExpressionAttributeValues = new()
        {
            [":requests"] = Number(added.Requests),
            [":tokens"] = Number(added.Tokens),
            [":cost"] = Number(added.Cost),
            [":expires"] = Number((window.End + Keeping).ToUnixTimeSeconds()),
        },
        ReturnValues = ReturnValue.ALL_NEW,
    };

    // An item that is not there yet has room.
    private static IEnumerable<string> Conditions(UsageWindow window, Dictionary<string, AttributeValue> values)
    {
        (string Name, decimal? Most)[] limits = [("requests", window.Requests), ("tokens", window.Tokens), ("cost", window.Cost)];
        foreach (var (name, most) in limits)
        {
            if (most is { } value)
            {
                values[$":most_{name}"] = Number(value);
                yield return $"(attribute_not_exists(#{name}) OR #{name} < :most_{name})";
            }
        }
    }

    private static AttributeValue Number(decimal value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    private static Usage Read(Dictionary<string, AttributeValue>? item) => new((long)Read(item, "requests"), (long)Read(item, "tokens"), Read(item, "cost"));

    private static decimal Read(Dictionary<string, AttributeValue>? item, string name) =>
        item?.GetValueOrDefault(name)?.N is { } number ? decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;
}
