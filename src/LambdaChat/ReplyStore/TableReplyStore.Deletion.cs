using Amazon.DynamoDBv2.Model;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.ReplyStore;

// The deletion of a reply: its head first, so that the reply does not exist any more, and then its other items. The head of a
// running reply stays as one that has expired, so that its producer cannot repeat a creation whose response was lost. The producer deletes
// it at the end. It cannot change it before, because the generation is another one.
internal sealed partial class TableReplyStore
{
    private const int DeleteAttempts = 3;

    private static readonly TimeSpan DeletePause = TimeSpan.FromMilliseconds(100);

    // Without a head, an earlier deletion may have failed halfway.
    public async Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var now = await GetTimeAsync(cancellationToken);
        var head = await TryUpdateAsync(ReplyItems.CreateDeletion(table.Name, key, now), cancellationToken)
            ?? await FindDeletedAsync(key, cancellationToken);
        await DeleteItemsAsync(key, head?.Ending is null ? ReplyItems.LastPart : ReplyItems.Head, cancellationToken);
        return head is not null;
    }

    // The head that an earlier attempt left: its response was lost, or it failed before it had deleted all items. Then the caller does not
    // know yet that the reply is deleted.
    private Task<ReplyHead?> FindDeletedAsync(ReplyKey key, CancellationToken cancellationToken) => RunAsync(
        async token => await table.ReadAsync(ReplyItems.HeadKey(key), token) is { } item
            && ReplyItems.ReadHead(item) is { Generation: ReplyItems.Deleted } head ? head : null,
        cancellationToken);

    private async Task DeleteItemsAsync(ReplyKey key, string last, CancellationToken cancellationToken)
    {
        var all = await QueryAsync(key, ReplyItems.FirstRequest, last, cancellationToken, onlyKeys: true);
        foreach (var items in all.Chunk(25))
        {
            var writes = items.Select(item => new WriteRequest(new DeleteRequest(item))).ToList();
            await DeleteAsync(new Dictionary<string, List<WriteRequest>> { [table.Name] = writes }, cancellationToken);
        }
    }

    // A table that is throttled returns a part of the items as not processed.
    private async Task DeleteAsync(Dictionary<string, List<WriteRequest>> writes, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var batch = new BatchWriteItemRequest(writes);
            var response = await RunAsync(token => table.Client.BatchWriteItemAsync(batch, token), cancellationToken);
            if (response.UnprocessedItems is not { Count: > 0 } left)
            {
                return;
            }

            if (attempt == DeleteAttempts)
            {
                throw new ReplyStoreException("The reply table did not delete all items of a reply.");
            }

            writes = left;
            await Task.Delay(DeletePause * attempt, timeProvider, cancellationToken);
        }
    }
}
