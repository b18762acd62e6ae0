using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Requests that continue a response without an input of their own: OpenAI requires one of the two.</summary>
public sealed class PreviousResponseInputTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"input":null}""")]
    [InlineData("""{"input":[]}""")]
    public async Task Response_WithoutAnInput_HasTheHistory(string members)
    {
        var (marker, first) = await StartAsync();
        var request = Continue(first, members);

        var call = await ResponsesCall.SendAsync(stored.Client, request);
        var (_, items) = await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{call.Response!["id"]}/input_items?order=asc");

        Assert.Equal((200, "completed"), (call.Status, (string?)call.Response["status"]));
        Assert.Equal(["user", "assistant"], LastMessages(marker).Select(message => (string?)message!["role"]));
        Assert.Equal(["user", "assistant"], items["data"]!.AsArray().Select(item => (string?)item!["role"]));
    }

    [Fact]
    public async Task Count_WithoutAnInput_CountsTheHistory()
    {
        var (marker, first) = await StartAsync();

        var (status, count) = await StoredFunction.AskAsync(
            stored.Client, "POST", "v1/responses/input_tokens", Continue(first, """{"model":"counts-tokens"}"""));

        Assert.Equal(200, status);
        Assert.True((int)count["input_tokens"]! > 0);
        Assert.Equal(["user", "assistant"], LastMessages(marker).Select(message => (string?)message!["role"]));
    }

    [Fact]
    public async Task Response_WithoutAnInputAndAHistory_IsRefused()
    {
        var (status, body) = await StoredFunction.AskAsync(
            stored.Client, "POST", "v1/responses", new JsonObject { ["model"] = FunctionFixture.Model });

        Assert.Equal((400, "input"), (status, (string?)body["error"]!["param"]));
        Assert.StartsWith("Missing required parameter: 'input'.", (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    private async Task<(string Marker, string Id)> StartAsync()
    {
        var marker = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request();
        request["input"] = $$"""{"stand_in":{"tokens":2},"m":"{{marker}}"}""";
        var (_, first) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);
        return (marker, (string)first["id"]!);
    }

    private static JsonObject Continue(string id, string members)
    {
        var request = JsonNode.Parse(members)!.AsObject();
        request.TryAdd("model", FunctionFixture.Model);
        request["previous_response_id"] = id;
        return request;
    }

    private JsonArray LastMessages(string marker) => function.Emulator.Calls.Last(
        call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).Body["messages"]!.AsArray();
}
