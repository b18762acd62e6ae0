using Amazon.DynamoDBv2.Model;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.Cli;

/// <summary>
/// Lists and changes the keys of the table. Scans the whole table: use from the command line only, never while serving a request.
/// </summary>
internal sealed class KeyDirectory(DynamoTable table)
{
    public async Task<KeyList> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<StoredKey>();
        var unreadable = new List<UnreadableKey>();
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
            foreach (var item in response.Items ?? [])
            {
                try
                {
                    keys.Add(KeyItemSerializer.Read(item));
                }
                catch (ConfigurationException exception)
                {
                    unreadable.Add(new UnreadableKey(
                        KeyItemSerializer.FindName(item), TableItems.Key(item["pk"].S, item["sk"].S), exception.Message));
                }
            }

            request.ExclusiveStartKey = response.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });

        return new KeyList(
            [.. keys.OrderBy(stored => stored.Key.Name, StringComparer.Ordinal).ThenBy(stored => stored.Created)], unreadable);
    }

    /// <summary>Writes a key and replaces the item with the same hash.</summary>
    public Task PutAsync(StoredKey key, CancellationToken cancellationToken) =>
        table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = KeyItemSerializer.Write(key) }, cancellationToken);

    public Task RemoveAsync(StoredKey key, CancellationToken cancellationToken) =>
        RemoveAsync(KeyItemSerializer.Key(key.Key.Hash), cancellationToken);

    public Task RemoveAsync(UnreadableKey key, CancellationToken cancellationToken) => RemoveAsync(key.Item, cancellationToken);

    private Task<DeleteItemResponse> RemoveAsync(Dictionary<string, AttributeValue> item, CancellationToken cancellationToken) =>
        table.Client.DeleteItemAsync(new DeleteItemRequest { TableName = table.Name, Key = item }, cancellationToken);
}

/// <summary>The keys of a table.</summary>
/// <param name="Unreadable">Items that the keys command has not written, or that another program has changed.</param>
internal sealed record KeyList(IReadOnlyList<StoredKey> Keys, IReadOnlyList<UnreadableKey> Unreadable);

/// <summary>An item that is not a valid key. Requests with the key are refused.</summary>
/// <param name="Item">The key of the item in the table.</param>
internal sealed record UnreadableKey(string? Name, Dictionary<string, AttributeValue> Item, string Reason);
