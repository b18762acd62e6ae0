using Amazon.DynamoDBv2.Model;

namespace LambdaChat.ReplyStore;

// The deletion of a reply: its head first, so that the reply does not exist any more, and then its other items.
internal sealed partial class TableReplyStore
{
    private const int DeleteAttempts = 3;

    private static readonly TimeSpan DeletePause = TimeSpan.FromMilliseconds(100);

    // Without a head, an earlier deletion may have failed halfway.
    public async Task<bool> DeleteAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var exists = await ReadHeadAsync(key, cancellationToken) is not null;
        if (exists)
        {
            await RunAsync(token => table.Client.DeleteItemAsync(table.Name, ReplyItems.HeadKey(key), token), cancellationToken);
        }

        await DeleteItemsAsync(key, cancellationToken);
        return exists;
    }

    private async Task DeleteItemsAsync(ReplyKey key, CancellationToken cancellationToken)
    {
        var all = await QueryAsync(key, ReplyItems.FirstRequest, ReplyItems.Head, cancellationToken, onlyKeys: true);
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
