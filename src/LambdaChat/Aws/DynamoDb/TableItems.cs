using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace LambdaChat.Aws.DynamoDb;

/// <summary>What all items of the <see cref="DynamoTable"/> have in common.</summary>
internal static class TableItems
{
    /// <summary>The TTL attribute: epoch seconds.</summary>
    public const string Expires = "expires";

    public static Dictionary<string, AttributeValue> Key(string partition, string sort) => new() { ["pk"] = new() { S = partition }, ["sk"] = new() { S = sort } };

    /// <summary>An item as it is now; null where there is none.</summary>
    public static async Task<Dictionary<string, AttributeValue>?> ReadAsync(this DynamoTable table, Dictionary<string, AttributeValue> key, CancellationToken cancellationToken)
    {
        var response = await table.Client.GetItemAsync(new GetItemRequest { TableName = table.Name, Key = key, ConsistentRead = true }, cancellationToken);
        return response.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>True for what a table that cannot be asked throws: AWS's errors, no connection, no credentials, no time left.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException or TimeoutException;
}
