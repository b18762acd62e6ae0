using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;

namespace LambdaChat.Aws.DynamoDb;

/// <summary>
/// The one DynamoDB table, named by <c>TABLE</c>, that environments share: keys and what was spent. Partition key <c>pk</c> and sort key
/// <c>sk</c> are strings, <c>expires</c> (epoch seconds) is its TTL attribute.
/// The client, which takes its region, credentials and <c>AWS_ENDPOINT_URL_DYNAMODB</c> from the environment, is made when it is first used.
/// </summary>
/// <param name="create">Makes the client; null for the one of the environment.</param>
internal sealed class DynamoTable(string name, Func<AmazonDynamoDBClient>? create = null) : IDisposable
{
    private readonly Lock _lock = new();
    private AmazonDynamoDBClient? _client;

    public string Name => name;

    public AmazonDynamoDBClient Client
    {
        get
        {
            lock (_lock)
            {
                return _client ??= create?.Invoke() ?? CreateClient();
            }
        }
    }

    public void Dispose() => _client?.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads the SDK.
    private static AmazonDynamoDBClient CreateClient() => new();
}
