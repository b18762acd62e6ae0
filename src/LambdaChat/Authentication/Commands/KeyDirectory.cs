using Amazon.DynamoDBv2.Model;
using LambdaChat.Authentication.Stored;
using LambdaChat.Store;

namespace LambdaChat.Authentication.Commands;

/// <summary>All keys of the table. It looks through the whole table, which is for a person at a terminal and not for a request.</summary>
internal sealed class KeyDirectory(Table table)
{
    public async Task<IReadOnlyList<StoredKey>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<StoredKey>();
        var request = new ScanRequest
        {
            TableName = table.Name,
            ConsistentRead = true,
            FilterExpression = "begins_with(pk, :prefix) AND sk = :key",
            ExpressionAttributeValues = new() { [":prefix"] = new AttributeValue(KeyItem.Prefix), [":key"] = new AttributeValue(KeyItem.SortKey) },
        };
        do
        {
            var response = await table.Client.ScanAsync(request, cancellationToken);
            keys.AddRange((response.Items ?? []).Select(KeyItem.Read));
            request.ExclusiveStartKey = response.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });

        return [.. keys.OrderBy(stored => stored.Key.Name, StringComparer.Ordinal).ThenBy(stored => stored.Created)];
    }

    /// <summary>Writes a key, in the place of what stood under its hash.</summary>
    public Task PutAsync(StoredKey key, CancellationToken cancellationToken) =>
        table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = KeyItem.Write(key) }, cancellationToken);

    public Task RemoveAsync(StoredKey key, CancellationToken cancellationToken) =>
        table.Client.DeleteItemAsync(new DeleteItemRequest { TableName = table.Name, Key = KeyItem.Key(key.Key.Hash) }, cancellationToken);
}
