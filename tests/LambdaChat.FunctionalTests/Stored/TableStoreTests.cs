using System.Net;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Limits;
using LambdaChat.FunctionalTests.Responses;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Replies in the table, which several environments of the Lambda emulator share.</summary>
public sealed partial class TableStoreTests(FunctionFixture function, TableFunction table) : IClassFixture<TableFunction>
{
    private const string Chat = "v1/chat/completions";

    [Fact]
    public async Task Response_OfADisconnectedClient_IsResumedInAnotherEnvironment()
    {
        var gate = Guid.NewGuid().ToString();
        var read = new List<string>();
        var request = ResponsesCall.Request($$"""{"tokens":6,"gate":"{{gate}}"}""", """{"stream":true}""");
        using (var live = await RawStream.StartAsync(table.Client, "POST", "v1/responses", request))
        {
            function.Emulator.Gates.Open(gate, 2);
            for (var i = 0; i < 5; i++)
            {
                read.Add((await live.ReadAsync())!);
            }
        }

        var path = $"v1/responses/{IdOf(read[0])}?stream=true";
        using var first = await RawStream.StartAsync(table.Client, "GET", path + "&starting_after=4");
        using var second = await RawStream.StartAsync(table.Client, "GET", path);
        function.Emulator.Gates.Open(gate, 100);
        read.AddRange(await first.ReadToEndAsync());

        Assert.Equal("event: response.completed", read[^2].Split('\n')[0]);
        Assert.Equal(read, await second.ReadToEndAsync());
        for (var i = 0; i < read.Count - 1; i += 3)
        {
            Assert.Equal(read[(i + 1)..], await RawStream.ReadAllAsync(table.Client, "GET", $"{path}&starting_after={i}"));
        }
    }

    [Fact]
    public async Task Completion_IsResumedAndDeleted()
    {
        var gate = Guid.NewGuid().ToString();
        using var stream = await RawStream.StartAsync(
            table.Client, "POST", Chat, Reply.Request($$"""{"tokens":5,"gate":"{{gate}}"}""", """{"store":true}"""));
        var live = new List<string> { (await stream.ReadAsync())! };
        var id = (string)JsonNode.Parse(live[0].Split("data: ")[1])!["id"]!;
        await WaitForStoreAsync($"{Chat}/{id}");
        function.Emulator.Gates.Open(gate, 100);
        live.AddRange(await stream.ReadToEndAsync());

        for (var i = 0; i < live.Count - 1; i++)
        {
            Assert.Equal(live[(i + 1)..], await RawStream.ReadAllAsync(table.Client, "GET", $"{Chat}/{id}", null,
                ("Accept", "text/event-stream"), ("Last-Event-ID", $"{i}")));
        }

        Assert.Equal(404, (await StoredFunction.AskAsync(table.Other, "GET", $"{Chat}/{id}")).Status);
        Assert.Equal(200, (await StoredFunction.AskAsync(table.Client, "DELETE", $"{Chat}/{id}")).Status);
        Assert.Equal(404, (await StoredFunction.AskAsync(table.Client, "GET", $"{Chat}/{id}")).Status);
    }

    [Fact]
    public async Task Background_WithoutStream_ContinuesAfterItsResponse()
    {
        var gate = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request($$"""{"tokens":4,"gate":"{{gate}}"}""", """{"background":true}""");

        var (_, queued) = await StoredFunction.AskAsync(table.Client, "POST", "v1/responses", request);
        var (_, waiting) = await StoredFunction.AskAsync(table.Client, "GET", $"v1/responses/{queued["id"]}");
        function.Emulator.Gates.Open(gate, 100);
        var completed = await StoredFunction.WaitForEndAsync(table.Client, (string)queued["id"]!);

        Assert.Equal(("queued", "completed"), ((string?)queued["status"], (string?)completed["status"]));
        Assert.True((string?)waiting["status"] is "queued" or "in_progress", waiting.ToJsonString());
        Assert.Equal(" t0 t1 t2 t3", (string?)completed["output"]![0]!["content"]![0]!["text"]);
    }

    // The producer notices the deletion later, and may have stored parts until then.
    [Fact]
    public async Task Response_ThatIsDeletedWhileItRuns_LeavesNoItems()
    {
        await using var own = await DynamoTable.StartAsync();
        await using var lambda = await table.StartAsync(
            options => options, ("AWS_ENDPOINT_URL_DYNAMODB", own.Address.ToString()));
        using var client = FunctionFixture.CreateClient(lambda.Url);
        using var live = await RawStream.StartAsync(
            client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":20000,"pace_ms":5}""", """{"stream":true}"""));
        var id = IdOf((await live.ReadAsync())!);

        var (status, _) = await StoredFunction.AskAsync(client, "DELETE", $"v1/responses/{id}");
        var rest = await live.ReadToEndAsync();

        Assert.Equal(200, status);
        Assert.Contains("\"status\":\"cancelled\"", rest[^2], StringComparison.Ordinal);
        // They are deleted after the end of the stream.
        await TableExtensions.UntilAsync(
            own.ReadAllAsync, items => !items.Any(item => item.ToJsonString().Contains("REPLY#", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task LargeInput_IsCutIntoItems()
    {
        var image = new byte[1_200_000];
        new Random(1).NextBytes(image);
        var input = new JsonArray(new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray(
                new JsonObject { ["type"] = "input_image", ["image_url"] = "data:image/png;base64," + Convert.ToBase64String(image) },
                new JsonObject { ["type"] = "input_text", ["text"] = """{"stand_in":{"tokens":1} }""" }),
        });
        var request = ResponsesCall.Request("{}", """{"background":true}"""); // Waits for the table.
        request["input"] = input;

        var (status, body) = await StoredFunction.AskAsync(table.Client, "POST", "v1/responses", request);
        var (_, items) = await StoredFunction.AskAsync(table.Client, "GET", $"v1/responses/{body["id"]}/input_items");

        Assert.Equal((200, true), (status, (bool)body["store"]!));
        Assert.Equal(input[0]!["content"]!.ToJsonString(), items["data"]![0]!["content"]!.ToJsonString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Table_ThatIsSilent_ChangesNoReply(bool isSilent)
    {
        using var silent = new BlackHole(isRefusing: !isSilent);
        await using var lambda = await table.StartAsync(
            options => options, ("AWS_ENDPOINT_URL_DYNAMODB", silent.Address.ToString()));
        using var client = FunctionFixture.CreateClient(lambda.Url);

        var live = await RawStream.ReadAllAsync(
            client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":3}""", """{"stream":true}"""));
        var (status, error) = await StoredFunction.AskAsync(client, "GET", $"v1/responses/{IdOf(live[0])}");

        Assert.Contains("event: response.completed\n", live[^2], StringComparison.Ordinal);
        Assert.Contains("\"store\":false", live[^2], StringComparison.Ordinal);
        Assert.Equal((503, "store_unavailable"), (status, (string?)error["error"]!["code"]));
        await table.Log.WaitForAsync("completed", "\"stored\":0,\"storeFailures\":1");
    }

    // A reply that ends before the table has it is not stored.
    private Task<HttpStatusCode> WaitForStoreAsync(string path) => TableExtensions.UntilAsync(
        async () =>
        {
            using var response = await StoredFunction.SendAsync(table.Client, "GET", path, null, ("Accept", "text/event-stream"));
            return response.StatusCode;
        },
        status => status == HttpStatusCode.OK);

    private static string IdOf(string created) => (string)JsonNode.Parse(created.Split("data: ")[1])!["response"]!["id"]!;
}
