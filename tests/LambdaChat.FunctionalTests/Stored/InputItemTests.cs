using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>The ids of the items that <c>input_items</c> returns. Clients ask for the next page with the id of the last item.</summary>
public sealed class InputItemTests(StoredFunction stored) : IClassFixture<StoredFunction>
{
    [Theory]
    [InlineData("""{"role":"user","content":"2"}""")]
    [InlineData("""{"id":null,"role":"user","content":"2"}""")]
    [InlineData("""{"id":"","type":"reasoning","summary":[]}""")]
    [InlineData("""{"type":"function_call","call_id":"c","name":"f","arguments":"{}","id":null}""")]
    [InlineData("""{"type":"web_search_call","id":5}""")]
    [InlineData("""{"id":"msg_1","role":"user","content":"2"}""")] // The first item has this id.
    public async Task Item_WithoutAnIdOfItsOwn_GetsOne(string item)
    {
        var request = ResponsesCall.Request();
        request["input"] = new JsonArray(
            new JsonObject { ["id"] = "msg_1", ["role"] = "user", ["content"] = (string)request["input"]! },
            JsonNode.Parse(item),
            new JsonObject { ["id"] = "msg_3", ["role"] = "user", ["content"] = "3" });
        var (_, response) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);

        var ids = new List<string>();
        for (var hasMore = true; hasMore && ids.Count < 5;)
        {
            var (_, page) = await StoredFunction.AskAsync(
                stored.Client, "GET", $"v1/responses/{response["id"]}/input_items?order=asc&limit=1&after={ids.LastOrDefault()}");
            var id = (string)Assert.Single(page["data"]!.AsArray())!["id"]!;
            Assert.Equal((id, id), ((string?)page["first_id"], (string?)page["last_id"]));
            ids.Add(id);
            hasMore = (bool)page["has_more"]!;
        }

        Assert.Equal(["msg_1", "item", "msg_3"], ids.Select(id => id.StartsWith("item_", StringComparison.Ordinal) ? "item" : id));
    }

    /// <summary>Clients read <c>status</c> of an assistant's message and <c>annotations</c> of its texts without a check.</summary>
    [Theory]
    [InlineData(
        """{"role":"assistant","content":"Hi"}""",
        """{"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}""")]
    [InlineData(
        """{"type":"message","phase":"final_answer","status":"incomplete","role":"assistant","content":[{"type":"output_text","text":"H\u0069"}]}""",
        """{"type":"message","phase":"final_answer","status":"incomplete","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]}]}""")]
    [InlineData(
        """{"role":"assistant","status":null,"content":[{"logprobs":[],"annotations":[{"type":"url_citation"}],"text":"Hi","type":"output_text"},{"type":"refusal","refusal":"No"}]}""",
        """{"type":"message","role":"assistant","status":"completed","content":[{"logprobs":[],"annotations":[{"type":"url_citation"}],"text":"Hi","type":"output_text"},{"type":"refusal","refusal":"No"}]}""")]
    [InlineData(
        """{"role":"user","content":"Hi"}""",
        """{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}""")]
    [InlineData(
        """{"role":"user","status":"completed","content":[{"type":"input_text","text":"Hi","own":1}]}""",
        """{"type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"Hi","own":1}]}""")]
    public async Task Message_HasTheMembersThatClientsRead(string item, string expected)
    {
        var request = ResponsesCall.Request();
        request["input"] = new JsonArray(
            JsonNode.Parse(item),
            new JsonObject { ["role"] = "user", ["content"] = (string)request["input"]! });
        var (_, response) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);

        var (_, page) = await StoredFunction.AskAsync(
            stored.Client, "GET", $"v1/responses/{response["id"]}/input_items?order=asc&limit=1");

        var message = Assert.Single(page["data"]!.AsArray())!.AsObject();
        Assert.True(message.Remove("id"));
        Assert.Equal(expected, message.ToJsonString());
    }
}
