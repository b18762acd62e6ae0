using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Inputs with items that the response of their <c>previous_response_id</c> has already.</summary>
public sealed class RepeatedItemTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    /// <summary>The AI SDK sends the texts and the calls of a response again, together with its id.</summary>
    [Fact]
    public async Task Items_ThatTheHistoryHas_AreThereOnce()
    {
        var marker = Guid.NewGuid().ToString();
        var first = await AskAsync(null, """
            {"stand_in":{"reasoning":["hm"],"content":["I look."],"tools":[{"name":"get_weather","arguments":"{}"}]} }
            """.Trim());
        var output = first["output"]!.AsArray();
        var id = (string)output.Single(item => (string?)item!["type"] == "function_call")!["call_id"]!;
        var text = output.Single(item => (string?)item!["type"] == "message")!;
        var second = await AskAsync((string)first["id"]!, new JsonArray(
            new JsonObject { ["type"] = "item_reference", ["id"] = (string)text["id"]! },
            new JsonObject { ["type"] = "function_call", ["call_id"] = id, ["name"] = "get_weather", ["arguments"] = "{}" },
            new JsonObject { ["type"] = "function_call_output", ["call_id"] = id, ["output"] = "sunny" },
            new JsonObject { ["role"] = "user", ["content"] = $$"""{"stand_in":{"tokens":1},"m":"{{marker}}"}""" }));
        var (_, items) = await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{second["id"]}/input_items?order=asc");

        var messages = function.Emulator.Calls.Last(
            sent => sent.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).Body["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool", "user"], messages.Select(message => (string?)message!["role"]));
        Assert.Equal("I look.", (string?)messages[1]!["content"]);
        Assert.Single(messages[1]!["tool_calls"]!.AsArray());
        Assert.Equal("sunny", (string?)messages[2]!["content"]);
        Assert.Equal(
            ["message", "reasoning", "message", "function_call", "function_call_output", "message"],
            items["data"]!.AsArray().Select(item => (string?)item!["type"]));
    }

    private async Task<JsonNode> AskAsync(string? previous, JsonNode input)
    {
        var request = new JsonObject
        {
            ["model"] = FunctionFixture.Model,
            ["input"] = input,
            ["previous_response_id"] = previous,
            ["tools"] = JsonNode.Parse("""[{"type":"function","name":"get_weather","parameters":{"type":"object"}}]"""),
        };
        var call = await ResponsesCall.SendAsync(stored.Client, request);
        Assert.True(call.Status == 200 && (string?)call.Response!["status"] == "completed", call.ToString());
        return call.Response!;
    }
}
