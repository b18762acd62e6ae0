using Amazon.DynamoDBv2.Model;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Authentication.Cli;

/// <summary>
/// Lists and changes the keys of the table. Scans the whole table: use from the command line only, never while serving a request.
/// </summary>
internal sealed class KeyDirectory(DynamoTable table)
{
    public async Task<IReadOnlyList<StoredKey>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<StoredKey>();
        var request = new ScanRequest
        {
            TableName = table.Name,
            ConsistentRead = true,
            FilterExpression = "begins_with(pk, :prefix) AND sk = :key",
            ExpressionAttributeValues = new()
            {
                [":prefix"] = new AttributeValue(KeyItemSerializer.Prefix),
                [":key"] = new AttributeValue(KeyItemSerializer.SortKey),
            },
        };
        do
        {
            var response = await table.Client.ScanAsync(request, cancellationToken);
            keys.AddRange((response.Items ?? []).Select(KeyItemSerializer.Read));
            request.ExclusiveStartKey = response.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });

        return [.. keys.OrderBy(stored => stored.Key.Name, StringComparer.Ordinal).ThenBy(stored => stored.Created)];
    }

    /// <summary>Writes a key and replaces the item with the same hash.</summary>
    public Task PutAsync(StoredKey key, CancellationToken cancellationToken) =>
        table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = KeyItemSerializer.Write(key) }, cancellationToken);

    public Task RemoveAsync(StoredKey key, CancellationToken cancellationToken) =>
        table.Client.DeleteItemAsync(
            new DeleteItemRequest { TableName = table.Name, Key = KeyItemSerializer.Key(key.Key.Hash) }, cancellationToken);
}
