using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using LambdaChat.Store;

namespace LambdaChat.Limits;

/// <summary>
/// One request's booking in the table: an item for each subject and window, <c>requests</c>, <c>tokens</c> and <c>cost</c> its numbers.
/// Each is one atomic update with a condition, so that any number of environments may book at once; what is refused in part is given back.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.AtomicCounters
/// </summary>
internal sealed class StoredBooking(Table table, Booking booking, TimeSpan lease, TimeProvider timeProvider) : IStoredBooking
{
    private const string Addition = "ADD #requests :requests, #tokens :tokens, #cost :cost SET #expires = :expires";

    private static readonly TimeSpan Keeping = TimeSpan.FromDays(1); // After a window's end, for those who still settle in it.

    private readonly List<StreamLease> _leases = [.. booking.Streams.Select(limit => new StreamLease(table, limit, lease, timeProvider))];

    public async Task<Refusal?> TakeAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
        [
            .. booking.Accounts.Select(account => TakeAsync(account, cancellationToken)),
            .. _leases.Select(lease => lease.AcquireAsync(cancellationToken)),
        ]);
        return Array.Find(answers, refusal => refusal is not null);
    }

    public Task SettleAsync(Spent actual, CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. booking.Accounts.Select(account => AddAsync(account, account.IsStored ? actual - booking.Reserved : actual, cancellationToken)),
        .. _leases.Select(lease => lease.ReleaseAsync(cancellationToken)),
    ]);

    private async Task<Refusal?> TakeAsync(Account account, CancellationToken cancellationToken)
    {
        var request = CreateUpdate(account, booking.Reserved);
        request.ConditionExpression = string.Join(" AND ", Conditions(account, request.ExpressionAttributeValues));
        request.ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD;
        try
        {
            var response = await table.Client.UpdateItemAsync(request, cancellationToken);
            account.IsStored = true;
            account.Seen = Read(response.Attributes);
            return null;
        }
        catch (ConditionalCheckFailedException exception)
        {
            account.Seen = Read(exception.Item is { Count: > 0 } item ? item : await table.ReadAsync(request.Key, cancellationToken));
            return Refusal.Of(account, account.FindReached(account.Seen) ?? account.FirstLimit, timeProvider.GetUtcNow());
        }
    }

    private async Task AddAsync(Account account, Spent difference, CancellationToken cancellationToken)
    {
        if (difference != Spent.Nothing)
        {
            await table.Client.UpdateItemAsync(CreateUpdate(account, difference), cancellationToken);
        }
    }

    private UpdateItemRequest CreateUpdate(Account account, Spent added) => new()
    {
        TableName = table.Name,
        Key = TableItems.Key(account.Subject.Partition, account.Sort),
        UpdateExpression = Addition,
        ExpressionAttributeNames = new() { ["#requests"] = "requests", ["#tokens"] = "tokens", ["#cost"] = "cost", ["#expires"] = TableItems.Expires },
        ExpressionAttributeValues = new()
        {
            [":requests"] = Number(added.Requests),
            [":tokens"] = Number(added.Tokens),
            [":cost"] = Number(added.Cost),
            [":expires"] = Number((account.End + Keeping).ToUnixTimeSeconds()),
        },
        ReturnValues = ReturnValue.ALL_NEW,
    };

    // An item that is not there yet has room.
    private static IEnumerable<string> Conditions(Account account, Dictionary<string, AttributeValue> values)
    {
        (string Name, decimal? Most)[] limits = [("requests", account.Requests), ("tokens", account.Tokens), ("cost", account.Cost)];
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

    private static Spent Read(Dictionary<string, AttributeValue>? item) => new((long)Read(item, "requests"), (long)Read(item, "tokens"), Read(item, "cost"));

    private static decimal Read(Dictionary<string, AttributeValue>? item, string name) =>
        item?.GetValueOrDefault(name)?.N is { } number ? decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;
}
