using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Conversations by <c>previous_response_id</c>: what the model receives, and what <c>input_items</c> returns.</summary>
public sealed class PreviousResponseTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    private const string Tools = """[{"type":"function","name":"get_weather","parameters":{"type":"object"}}]""";

    [Theory, Trait("reported", "R13")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ThreeTurns_HaveTheWholeHistory(bool isStreamed)
    {
        var marker = Guid.NewGuid().ToString();
        var first = await AskAsync(isStreamed, null, """
            {"stand_in":{"reasoning":["I need it."],"content":[],"tools":[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"}]} }
            """.Trim(), "Be brief.");
        var call = first["output"]!.AsArray().Single(item => (string?)item!["type"] == "function_call")!;
        var second = await AskAsync(isStreamed, (string)first["id"]!, new JsonArray(
            new JsonObject { ["type"] = "function_call_output", ["call_id"] = (string)call["call_id"]!, ["output"] = "sunny" },
            new JsonObject { ["role"] = "user", ["content"] = """{"stand_in":{"tokens":2} }""" }), null);
        var third = await AskAsync(isStreamed, (string)second["id"]!, $$"""{"stand_in":{"tokens":1,"gate":null},"m":"{{marker}}"}""", null);

        Assert.Equal((string)second["id"]!, (string?)third["previous_response_id"]);
        var messages = function.Emulator.Calls.Last(
            call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).Body["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool", "user", "assistant", "user"], messages.Select(message => (string?)message!["role"]));
        Assert.Equal("I need it.", (string?)messages[1]!["reasoning_content"]);
        Assert.Equal("""{"city":"北京"}""", (string?)messages[1]!["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal((string?)messages[1]!["tool_calls"]![0]!["id"], (string?)messages[2]!["tool_call_id"]);
        Assert.Equal((string?)second["output"]!.AsArray()[^1]!["content"]![0]!["text"], (string?)messages[4]!["content"]);
    }

    // The part of the reply that the client has belongs to the conversation, but not a call whose arguments are cut off.
    [Theory]
    [InlineData("""{"content":["I look."],"tools":[{"name":"get_weather","arguments":"{\"a\":\"Pa"}],"finish":"length",""", "incomplete", false)]
    [InlineData("""{"content":["I look."],"tools":[{"name":"get_weather","arguments":"{\"a\":1}"}],"finish":"length",""", "incomplete", true)]
    [InlineData("""{"reasoning":["hm"],"content":["I look."," More.","."],"fault":{"kind":"abort","after":4},""", "failed", false)]
    public async Task Response_ThatIsNotComplete_IsContinued(string standIn, string status, bool hasCall)
    {
        var marker = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request($$"""{{standIn}}"gate":"{{marker}}"}""", $$"""{"stream":true,"tools":{{Tools}} }""");
        using var live = await RawStream.StartAsync(stored.Client, "POST", "v1/responses", request);
        await live.ReadAsync(); // A failure before it would be the status of the whole response.
        function.Emulator.Gates.Open(marker, 100);
        var last = JsonNode.Parse((await live.ReadToEndAsync())[^2].Split("data: ")[1])!;
        await AskAsync(false, (string)last["response"]!["id"]!, $$"""{"stand_in":{"tokens":1},"m":"{{marker}}"}""", null);

        Assert.Equal(status, (string?)last["response"]!["status"]);
        var messages = function.Emulator.Calls.Last(
            call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).Body["messages"]!.AsArray();
        Assert.Equal(
            hasCall ? ["user", "assistant", "tool", "user"] : ["user", "assistant", "user"],
            messages.Select(message => (string?)message!["role"]));
        Assert.StartsWith("I look.", (string?)messages[1]!["content"], StringComparison.Ordinal);
        Assert.Equal(hasCall, messages[1]!["tool_calls"] is not null);
    }

    [Fact]
    public async Task Turns_OfAChain_HaveOneRoutingHint()
    {
        var marker = Guid.NewGuid().ToString();
        var first = await AskAsync(false, null, $$"""{"stand_in":{"tokens":1},"m":"{{marker}}"}""", "Be brief.");
        var second = await AskAsync(false, (string)first["id"]!, """{"stand_in":{"tokens":2} }""", null);
        await AskAsync(false, (string)second["id"]!, """{"stand_in":{"tokens":3} }""", null);

        var calls = function.Emulator.Calls.Where(call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).ToList();
        Assert.Equal([2, 3, 5], calls.Select(call => call.Body["messages"]!.AsArray().Count));
        Assert.Single(calls.Select(call => call.Headers["X-Amzn-SageMaker-Prefix-Aware-Id"]).Distinct());
    }

    // A client that loses the chain sends the conversation itself, with escapes of its own. The model server has it in its cache.
    [Fact]
    public async Task History_OfAChain_HasTheBytesThatTheClientWouldSend()
    {
        var marker = Guid.NewGuid().ToString();
        var reply = """{"choices":[{"index":0,"delta":{"role":"assistant","content":"\u4f60\u597d\/ \ud83e\udd14"},"finish_reason":"stop"}]}""";
        var question = new JsonObject
        {
            ["stand_in"] = new JsonObject { ["replay"] = new JsonObject { ["stream"] = $"data: {reply}\n\ndata: [DONE]\n\n" } },
            ["m"] = marker,
        }.ToJsonString();
        var first = await AskAsync(false, null, question, null);
        await AskAsync(false, (string)first["id"]!, """{"stand_in":{"tokens":1} }""", null);
        await AskAsync(false, null, new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = question },
            new JsonObject { ["role"] = "assistant", ["content"] = "你好/ 🤔" },
            new JsonObject { ["role"] = "user", ["content"] = """{"stand_in":{"tokens":1} }""" }), null);

        var calls = function.Emulator.Calls.Where(call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).ToList();
        Assert.Equal(3, calls.Count);
        Assert.Equal(Encoding.UTF8.GetString(calls[1].RawBody), Encoding.UTF8.GetString(calls[2].RawBody));
        Assert.Contains("你好/ 🤔", Encoding.UTF8.GetString(calls[1].RawBody), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputItems_AreInPagesWithTheHistory()
    {
        var first = await AskAsync(false, null, """{"stand_in":{"tokens":1} }""", null);
        var second = await AskAsync(false, (string)first["id"]!, """{"stand_in":{"tokens":2} }""", null);
        var path = $"v1/responses/{second["id"]}/input_items";

        var (_, all) = await StoredFunction.AskAsync(stored.Client, "GET", $"{path}?order=asc");
        var (_, last) = await StoredFunction.AskAsync(stored.Client, "GET", $"{path}?limit=1");
        var (_, next) = await StoredFunction.AskAsync(stored.Client, "GET", $"{path}?limit=2&after={last["last_id"]}");

        var items = all["data"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], items.Select(item => (string?)item!["role"]));
        Assert.Equal("input_text", (string?)items[0]!["content"]![0]!["type"]);
        Assert.Equal((items[2]!.ToJsonString(), true), (last["data"]![0]!.ToJsonString(), (bool)last["has_more"]!));
        Assert.Equal([(string?)items[1]!["id"], (string?)items[0]!["id"]], next["data"]!.AsArray().Select(item => (string?)item!["id"]));
        Assert.False((bool)next["has_more"]!);
        Assert.Equal("1 true", await PageAsync($"{path}?limit=1&before={items[0]!["id"]}", items));
        Assert.Equal("2 1 false", await PageAsync($"{path}?limit=2&before={items[0]!["id"]}", items));
        Assert.Equal("0 true", await PageAsync($"{path}?limit=1&order=asc&before=", items));
        Assert.Equal("0 1 false", await PageAsync($"{path}?order=asc&before={items[2]!["id"]}", items));
        Assert.Equal("1 false", await PageAsync($"{path}?order=asc&after={items[0]!["id"]}&before={items[2]!["id"]}", items));
        Assert.Equal(" false", await PageAsync($"{path}?order=asc&after={items[2]!["id"]}&before={items[0]!["id"]}", items));
    }

    [Theory]
    [InlineData("""{"type":"item_reference"}""")]
    [InlineData("{}")]
    public async Task References_AreTheStoredItems(string reference)
    {
        var marker = Guid.NewGuid().ToString();
        var first = await AskAsync(false, null, """{"stand_in":{"reasoning":["hm"],"content":["stored text"]} }""", null);
        var input = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = "before" },
            new JsonObject { ["role"] = "user", ["content"] = marker });
        foreach (var item in first["output"]!.AsArray())
        {
            var referenced = JsonNode.Parse(reference)!;
            referenced["id"] = (string)item!["id"]!;
            input.Insert(input.Count - 1, referenced);
        }

        var second = await AskAsync(false, null, input, null);
        var (_, items) = await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{second["id"]}/input_items?order=asc");

        var messages = function.Emulator.Calls.Last(
            call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).Body["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], messages.Select(message => (string?)message!["role"]));
        Assert.Equal(
            ("hm", "stored text"), ((string?)messages[1]!["reasoning_content"], (string?)messages[1]!["content"]));
        Assert.Equal(["message", "reasoning", "message", "message"], items["data"]!.AsArray().Select(item => (string?)item!["type"]));
    }

    [Fact]
    public async Task Reference_ThatComesTwice_IsRefused()
    {
        var first = await AskAsync(false, null, """{"stand_in":{"content":["stored text"]} }""", null);
        var reference = new JsonObject { ["type"] = "item_reference", ["id"] = (string)first["output"]![0]!["id"]! };
        var request = ResponsesCall.Request("{}");
        request["input"] = new JsonArray(reference, reference.DeepClone());

        var (status, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);

        Assert.Equal(400, status);
        Assert.Equal(
            $"Duplicate item found with id {reference["id"]}. Remove duplicate items from your input and try again.",
            (string?)body["error"]!["message"]);
    }

    /// <summary>Items that the model does not receive count as well.</summary>
    [Fact]
    public async Task History_LongerThanARequest_IsRefused()
    {
        var junk = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = """{"stand_in":{"tokens":1} }""" },
            new JsonObject { ["type"] = "web_search_call", ["text"] = new string('x', 4_000_000) });
        var first = await AskAsync(false, null, junk, null);
        var second = await AskAsync(false, (string)first["id"]!, junk.DeepClone(), null);
        var request = ResponsesCall.Request("{}", $$"""{"previous_response_id":"{{second["id"]}}"}""");

        var (status, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);

        Assert.Equal((400, "previous_response_id"), (status, (string?)body["error"]!["param"]));
        Assert.Contains("more than 6291456 bytes", (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    /// <summary>Inputs are as deep as requests may be, and deeper in the store.</summary>
    [Fact]
    public async Task DeepInput_IsReadAgain()
    {
        JsonNode deep = new JsonArray();
        for (var i = 0; i < 120; i++)
        {
            deep = new JsonArray(deep);
        }

        var first = await AskAsync(false, null, new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = """{"stand_in":{"tokens":1} }""" },
            new JsonObject { ["type"] = "web_search_call", ["action"] = deep }), null);
        await AskAsync(false, (string)first["id"]!, """{"stand_in":{"tokens":1} }""", null);
        var text = await StoredFunction.ReadAsync(stored.Client, "GET", $"v1/responses/{first["id"]}/input_items");

        Assert.Contains(new string('[', 100), text, StringComparison.Ordinal);
    }

    [Fact, Trait("reported", "R28")]
    public async Task UnknownResponse_IsRefused()
    {
        var request = ResponsesCall.Request("{}", """{"previous_response_id":"resp_1"}""");

        var (status, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);
        var (off, error) = await StoredFunction.AskAsync(function.Client, "POST", "v1/responses", request);

        Assert.Equal((400, "previous_response_not_found"), (status, (string?)body["error"]!["code"]));
        Assert.Equal((400, "previous_response_not_found"), (off, (string?)error["error"]!["code"]));
        Assert.Contains("STORE", (string?)error["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Background_WithoutAStore_IsRefused()
    {
        var (status, error) = await StoredFunction.AskAsync(
            function.Client, "POST", "v1/responses", ResponsesCall.Request("{}", """{"background":true}"""));

        Assert.Equal((400, "store_off", "background"), (status, (string?)error["error"]!["code"], (string?)error["error"]!["param"]));
    }

    // The places of a page's items among all items, and whether there are more.
    private async Task<string> PageAsync(string path, JsonArray all)
    {
        var (_, page) = await StoredFunction.AskAsync(stored.Client, "GET", path);
        var ids = all.Select(item => (string?)item!["id"]).ToList();
        return string.Join(' ', page["data"]!.AsArray().Select(item => ids.IndexOf((string?)item!["id"]))) + $" {page["has_more"]}";
    }

    private async Task<JsonNode> AskAsync(bool isStreamed, string? previous, JsonNode input, string? instructions)
    {
        var request = new JsonObject
        {
            ["model"] = FunctionFixture.Model,
            ["input"] = input,
            ["instructions"] = instructions,
            ["previous_response_id"] = previous,
            ["stream"] = isStreamed,
            ["tools"] = JsonNode.Parse(Tools),
        };
        var call = await ResponsesCall.SendAsync(stored.Client, request);
        Assert.True(call.Status == 200 && (string?)call.Response!["status"] == "completed", call.ToString());
        return call.Response!;
    }
}
