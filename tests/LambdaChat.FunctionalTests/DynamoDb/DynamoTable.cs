using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.DynamoDb;

/// <summary>
/// A table as the template makes it, of a third-party server that speaks DynamoDB's wire protocol on loopback (npm dynalite).
/// </summary>
internal sealed class DynamoTable : IAsyncDisposable
{
    public const string Name = "lambdachat";

    private readonly Process _process;
    private readonly HttpClient _client;

    private DynamoTable(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _client = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>The environment variables that a program needs to find the table.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["TABLE"] = Name,
        ["AWS_ENDPOINT_URL_DYNAMODB"] = Address.ToString(),
        ["AWS_REGION"] = "us-east-1",
        ["AWS_ACCESS_KEY_ID"] = "local",
        ["AWS_SECRET_ACCESS_KEY"] = "local",
    };

    public static async Task<DynamoTable> StartAsync()
    {
        var (process, port) = await Node.StartAsync("dynalite.mjs");
        var table = new DynamoTable(process, new Uri($"http://127.0.0.1:{port}"));
        await table.CallAsync("CreateTable", $$"""
            {"TableName":"{{Name}}","BillingMode":"PAY_PER_REQUEST",
             "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],
             "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]}
            """);
        return table;
    }

    /// <summary>All items, as DynamoDB writes them.</summary>
    public async Task<IReadOnlyList<JsonNode>> ReadAllAsync() =>
        [.. (await CallAsync("Scan", $$"""{"TableName":"{{Name}}","ConsistentRead":true}"""))["Items"]!.AsArray().Select(item => item!)];

    /// <summary>Sets the expiry of an item into the past. The server deletes no expired items, as DynamoDB does not for days.</summary>
    public Task ExpireAsync(JsonNode item) => CallAsync("UpdateItem", $$"""
        {"TableName":"{{Name}}","Key":{"pk":{{item["pk"]!.ToJsonString()}},"sk":{{item["sk"]!.ToJsonString()}} },
         "UpdateExpression":"SET expires = :past","ExpressionAttributeValues":{":past":{"N":"1"} } }
        """);

    public Task PutAsync(JsonNode item) => CallAsync("PutItem", $$"""{"TableName":"{{Name}}","Item":{{item.ToJsonString()}} }""");

    /// <summary>Moves an item to another partition.</summary>
    public async Task MoveAsync(JsonNode item, string partition)
    {
        var moved = item.DeepClone();
        moved["pk"]!["S"] = partition;
        await PutAsync(moved);
        await CallAsync("DeleteItem", $$"""
            {"TableName":"{{Name}}","Key":{"pk":{{item["pk"]!.ToJsonString()}},"sk":{{item["sk"]!.ToJsonString()}} } }
            """);
    }

    /// <summary>Ends the server. Later connections to its address fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.StandardInput.Close();
        await _process.ExitInTimeAsync();
        _process.Dispose();
    }

    private async Task<JsonNode> CallAsync(string operation, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0");
        request.Headers.Add("X-Amz-Target", $"DynamoDB_20120810.{operation}");
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        request.Headers.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await _client.SendAsync(request, CancellationToken.None);
        var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }
}
