using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace LambdaChat.Aws.DynamoDb;

/// <summary>What all items of the <see cref="DynamoTable"/> share.</summary>
internal static class TableItems
{
    /// <summary>The TTL attribute, in Unix seconds.</summary>
    public const string Expires = "expires";

    public static Dictionary<string, AttributeValue> Key(string partition, string sort) =>
        new() { ["pk"] = new() { S = partition }, ["sk"] = new() { S = sort } };

    /// <summary>Reads an item consistently; null if it does not exist.</summary>
    public static async Task<Dictionary<string, AttributeValue>?> ReadAsync(
        this DynamoTable table, Dictionary<string, AttributeValue> key, CancellationToken cancellationToken)
    {
        var request = new GetItemRequest { TableName = table.Name, Key = key, ConsistentRead = true };
        var response = await table.Client.GetItemAsync(request, cancellationToken);
        return response.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>True for the exceptions of an unavailable table: an AWS error, no connection, no credentials, or a timeout.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or ProcessAWSCredentialException or HttpRequestException or IOException
            or OperationCanceledException or TimeoutException;

    /// <summary>True if the same call fails again: no permission, no such table, or a table with other keys.</summary>
    public static bool IsPermanent(Exception exception) =>
        exception is AmazonServiceException { ErrorCode: "AccessDeniedException" or "ResourceNotFoundException" or "ValidationException" };
}
