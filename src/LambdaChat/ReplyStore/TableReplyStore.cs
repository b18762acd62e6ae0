using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.ReplyStore;

/// <summary>
/// Replies in the DynamoDB table. The items of a reply are its partition: the pieces of the request, the parts, and the head, which sorts
/// last, so that one query returns the new parts and then the head. A small request is in the head. Changes of the status are conditional
/// writes.
/// </summary>
internal sealed partial class TableReplyStore(DynamoTable table, ReplyStoreSettings settings, TimeProvider timeProvider) : IReplyStore
{
    private const string IsRunning = "#generation = :generation AND #status = :running";

    private const string IsOpen =
        "#generation = :generation AND #status IN (:running, :cancelled) AND attribute_not_exists(#parts)";

    private const int PiecesAtOnce = 4; // Each piece is in memory as an item and as JSON.

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    public bool IsImmediate => false;

    private TableClock Clock => table.GetClock(timeProvider);

    // Of requests and parts. Readers ignore it: without its head, a reply does not exist.
    private DateTimeOffset Expiry => Clock.Now + settings.LongestRun + settings.Retention;

    public async ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        if (!Clock.IsSet)
        {
            await RunAsync(token => table.ReadAsync(ReplyItems.HeadKey(new ReplyKey("clock", "")), token), cancellationToken);
        }

        return Clock.Now;
    }

    // The head is first, so that a reply can be cancelled while its request is stored.
    public async Task CreateAsync(ReplyKey key, ReplyHead head, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (!await TryPutAsync(ReplyItems.CreateHead(table.Name, key, head, request), cancellationToken))
        {
            // The response to an earlier attempt was lost, and the reply may be cancelled or deleted by now.
            var stored = await ReadHeadAsync(key, cancellationToken);
            if (stored is null)
            {
                return;
            }

            if (stored.Generation != head.Generation)
            {
                throw new ReplyStoreException("A reply with this id exists.");
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = PiecesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            ReplyItems.OfRequest(key, request, Expiry), options, async (item, token) => await PutAsync(item, token));
    }

    public Task AppendAsync(ReplyKey key, ReplyPart part, CancellationToken cancellationToken) =>
        PutAsync(ReplyItems.OfPart(key, part, Expiry), cancellationToken);

    public Task<ReplyHead?> RenewAsync(
        ReplyKey key, string generation, DateTimeOffset lease, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        var update = ReplyItems.CreateUpdate(table.Name, key, "SET #lease = :lease, #expires = :expires", IsRunning);
        update.ExpressionAttributeNames["#lease"] = ReplyItems.Lease;
        update.ExpressionAttributeNames["#expires"] = TableItems.Expires;
        update.ExpressionAttributeValues = new()
        {
            [":lease"] = ReplyItems.Time(lease),
            [":expires"] = ReplyItems.Seconds(expires),
            [":generation"] = new() { S = generation },
            [":running"] = ReplyItems.Status(ReplyStatus.Running),
        };
        return UpdateAsync(key, update, cancellationToken);
    }

    public Task<ReplyHead?> ReadHeadAsync(ReplyKey key, CancellationToken cancellationToken) => RunAsync(
        async token => await table.ReadAsync(ReplyItems.HeadKey(key), token) is { } item ? Unexpired(ReplyItems.ReadHead(item)) : null,
        cancellationToken);

    public async Task<StoredRequest?> ReadRequestAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var item = await RunAsync(token => table.ReadAsync(ReplyItems.HeadKey(key), token), cancellationToken);
        if (item is null || Unexpired(ReplyItems.ReadHead(item)) is not { } head)
        {
            return null;
        }

        var compressed = ReplyItems.FindRequest(item) ?? ReplyItems.ReadRequest(
            item, await QueryAsync(key, ReplyItems.FirstRequest, ReplyItems.LastRequest, cancellationToken));
        return compressed is null ? null : new StoredRequest(compressed, head.RequestLength);
    }

    public async Task<ReplySnapshot?> ReadAsync(ReplyKey key, int after, CancellationToken cancellationToken)
    {
        var items = await QueryAsync(key, ReplyItems.PartName(after + 1), ReplyItems.Head, cancellationToken);
        return items is [.., var last] && last["sk"].S == ReplyItems.Head && Unexpired(ReplyItems.ReadHead(last)) is { } head
            ? new ReplySnapshot(head, [.. items.SkipLast(1).Select(ReplyItems.ReadPart)])
            : null;
    }

    public async Task EndAsync(
        ReplyKey key, string generation, ReplyEnding ending, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        // Only the producer knows whether a cancelled reply was complete before the cancellation reached it.
        var isLost = ending.Status == ReplyStatus.Lost;
        var head = await TryEndAsync(
            key, generation, ending, expires, isLost ? IsRunning : IsOpen, setsStatus: true, cancellationToken);
        if (head is null && isLost)
        {
            head = await TryEndAsync(key, generation, ending, expires, IsOpen, setsStatus: false, cancellationToken);
        }

        if (head is null && await ReadHeadAsync(key, cancellationToken) is null)
        {
            await DeleteItemsAsync(key, ReplyItems.Head, cancellationToken); // With parts that came after the reply was deleted.
        }
    }

    public Task<ReplyHead?> CancelAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var update = ReplyItems.CreateUpdate(table.Name, key, "SET #status = :cancelled", "#status = :running AND #expires > :now");
        update.ExpressionAttributeNames.Remove("#generation");
        update.ExpressionAttributeNames["#expires"] = TableItems.Expires;
        update.ExpressionAttributeValues = new()
        {
            [":cancelled"] = ReplyItems.Status(ReplyStatus.Cancelled),
            [":running"] = ReplyItems.Status(ReplyStatus.Running),
            [":now"] = ReplyItems.Seconds(Clock.Now),
        };
        return UpdateAsync(key, update, cancellationToken);
    }

    public Task SetNameAsync(ReplyKey name, NamedReply reply, DateTimeOffset expires, CancellationToken cancellationToken) =>
        TryPutAsync(ReplyItems.CreateName(table.Name, name, reply, expires), cancellationToken);

    public Task<NamedReply?> FindNameAsync(ReplyKey name, CancellationToken cancellationToken) => RunAsync(
        async token => await table.ReadAsync(ReplyItems.NameKey(name), token) is { } item
            && ReplyItems.ReadExpiry(item) > Clock.Now ? ReplyItems.ReadName(item) : null,
        cancellationToken);

    private Task<PutItemResponse> PutAsync(Dictionary<string, AttributeValue> item, CancellationToken cancellationToken) => RunAsync(
        token => table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = item }, token), cancellationToken);

    // False if the condition is not met.
    private Task<bool> TryPutAsync(PutItemRequest request, CancellationToken cancellationToken) => RunAsync(
        async token =>
        {
            try
            {
                await table.Client.PutItemAsync(request, token);
                return true;
            }
            catch (ConditionalCheckFailedException)
            {
                return false;
            }
        },
        cancellationToken);

    private Task<ReplyHead?> TryEndAsync(
        ReplyKey key, string generation, ReplyEnding ending, DateTimeOffset expires, string condition, bool setsStatus,
        CancellationToken cancellationToken)
    {
        var update = ReplyItems.CreateEnd(table.Name, key, condition, generation, ending, expires, setsStatus);
        update.ExpressionAttributeValues[":running"] = ReplyItems.Status(ReplyStatus.Running);
        if (condition == IsOpen)
        {
            update.ExpressionAttributeValues[":cancelled"] = ReplyItems.Status(ReplyStatus.Cancelled);
        }

        return TryUpdateAsync(update, cancellationToken);
    }

    private ReplyHead? Unexpired(ReplyHead head) => head.Expires > Clock.Now ? head : null;

    private async Task<ReplyHead?> UpdateAsync(ReplyKey key, UpdateItemRequest update, CancellationToken cancellationToken) =>
        await TryUpdateAsync(update, cancellationToken) ?? await ReadHeadAsync(key, cancellationToken);

    // Null if the condition is not met.
    private Task<ReplyHead?> TryUpdateAsync(UpdateItemRequest update, CancellationToken cancellationToken) => RunAsync<ReplyHead?>(
        async token =>
        {
            try
            {
                return ReplyItems.ReadHead((await table.Client.UpdateItemAsync(update, token)).Attributes);
            }
            catch (ConditionalCheckFailedException)
            {
                return null;
            }
        },
        cancellationToken);

    private async Task<List<Dictionary<string, AttributeValue>>> QueryAsync(
        ReplyKey key, string first, string last, CancellationToken cancellationToken, bool onlyKeys = false)
    {
        var query = ReplyItems.CreateQuery(table.Name, key, first, last);
        query.ProjectionExpression = onlyKeys ? "pk, sk" : null;
        var items = new List<Dictionary<string, AttributeValue>>();
        do
        {
            var response = await RunAsync(token => table.Client.QueryAsync(query, token), cancellationToken);
            items.AddRange(response.Items ?? []);
            query.ExclusiveStartKey = response.LastEvaluatedKey;
        }
        while (query.ExclusiveStartKey is { Count: > 0 });
        return items;
    }

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        _ = Clock; // Each response sets the clock, so it must exist before the call.
        using var timeout = new CancellationTokenSource(CallTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(both.Token);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw new ReplyStoreException("The reply table failed.", exception) { IsPermanent = TableItems.IsPermanent(exception) };
        }
    }
}
