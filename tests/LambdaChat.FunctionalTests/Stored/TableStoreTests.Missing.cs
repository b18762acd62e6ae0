using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

public sealed partial class TableStoreTests
{
    [Fact]
    public async Task Response_ThatHasExpired_DoesNotExist()
    {
        await using var own = await DynamoTable.StartAsync();
        await using var lambda = await table.StartAsync(
            options => options, ("AWS_ENDPOINT_URL_DYNAMODB", own.Address.ToString()));
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var id = await StoreAsync(client);
        await Task.WhenAll((await own.ReadAllAsync()).Select(own.ExpireAsync));

        await AssertMissingAsync(client, id);
    }

    /// <summary>A function that stores replies in another form has another version in its keys.</summary>
    [Fact]
    public async Task Response_OfAnotherVersion_DoesNotExist()
    {
        await using var own = await DynamoTable.StartAsync();
        await using var lambda = await table.StartAsync(
            options => options, ("AWS_ENDPOINT_URL_DYNAMODB", own.Address.ToString()));
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var id = await StoreAsync(client);
        var items = await own.ReadAllAsync();
        foreach (var item in items.Where(static item => PartitionOf(item).StartsWith("REPLY#", StringComparison.Ordinal)))
        {
            Assert.StartsWith("REPLY#1#", PartitionOf(item), StringComparison.Ordinal);
            await own.MoveAsync(item, PartitionOf(item).Replace("REPLY#1#", "REPLY#0#", StringComparison.Ordinal));
        }

        await AssertMissingAsync(client, id);
        var next = ResponsesCall.Request("""{"tokens":1}""", $$"""{"previous_response_id":"{{id}}"}""");
        var (status, error) = await StoredFunction.AskAsync(client, "POST", "v1/responses", next);
        Assert.Equal((400, "previous_response_not_found"), (status, (string?)error["error"]!["code"]));
        Assert.Contains(await own.ReadAllAsync(), item => PartitionOf(item).StartsWith("REPLY#0#", StringComparison.Ordinal));
    }

    private static string PartitionOf(JsonNode item) => (string)item["pk"]!["S"]!;

    private static async Task<string> StoreAsync(HttpClient client)
    {
        var request = ResponsesCall.Request("""{"tokens":1}""", """{"background":true}"""); // Waits for the table.
        var (_, body) = await StoredFunction.AskAsync(client, "POST", "v1/responses", request);
        await StoredFunction.WaitForEndAsync(client, (string)body["id"]!);
        return (string)body["id"]!;
    }

    private static async Task AssertMissingAsync(HttpClient client, string id)
    {
        foreach (var (method, path) in new[] { ("GET", ""), ("GET", "/input_items"), ("POST", "/cancel"), ("DELETE", "") })
        {
            Assert.Equal(404, (await StoredFunction.AskAsync(client, method, $"v1/responses/{id}{path}")).Status);
        }
    }
}
