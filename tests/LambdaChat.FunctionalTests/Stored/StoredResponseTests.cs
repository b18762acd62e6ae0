using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Stored responses: read, resumed, cancelled, deleted, in the background.</summary>
public sealed partial class StoredResponseTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    private const string Thinking =
        """{"reasoning":["hm, ","你"],"content":["a"," \"b\""],"tools":[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"}]}""";

    private const string Tools = """{"tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}}],"stream":true}""";

    [Fact, Trait("reported", "R48")]
    public async Task Stream_AfterEachEvent_IsTheRestByteForByte()
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request(Thinking, Tools));
        var id = IdOf(live[0]);

        Assert.True(live.Count > 10, string.Concat(live));
        Assert.Equal(live, await RawStream.ReadAllAsync(stored.Client, "GET", $"v1/responses/{id}?stream=true"));
        Assert.Equal(live, await RawStream.ReadAllAsync(stored.Client, "GET", $"v1/responses/{id}?stream=True")); // As Python writes it.
        for (var i = 0; i < live.Count - 1; i++)
        {
            var rest = await RawStream.ReadAllAsync(stored.Client, "GET", $"v1/responses/{id}?stream=true&starting_after={i}");
            Assert.Equal(live[(i + 1)..], rest);
        }
    }

    [Fact]
    public async Task Stream_OfADisconnectedClient_Continues()
    {
        var undisturbed = Strip(await RawStream.ReadAllAsync(
            stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":4}""", """{"stream":true}""")));
        for (var cut = 1; cut < undisturbed.Count - 4; cut++)
        {
            var gate = Guid.NewGuid().ToString();
            var read = new List<string>();
            using (var live = await StartAsync($$"""{"tokens":4,"gate":"{{gate}}"}""", gate))
            {
                for (var i = 0; i < cut; i++)
                {
                    function.Emulator.Gates.Open(gate);
                    read.Add((await live.ReadAsync())!);
                }
            }

            using var resumed = await RawStream.StartAsync(
                stored.Client, "GET", $"v1/responses/{IdOf(read[0])}?stream=true&starting_after={cut - 1}");
            function.Emulator.Gates.Open(gate, 100);
            read.AddRange(await resumed.ReadToEndAsync());

            Assert.Equal(undisturbed, Strip(read));
        }
    }

    [Fact]
    public async Task Get_OfAnEndedStream_IsItsLastResponse()
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request(Thinking, Tools));
        var last = live[^2];

        var text = await StoredFunction.ReadAsync(stored.Client, "GET", $"v1/responses/{IdOf(live[0])}");

        Assert.Contains($",\"response\":{text}}}\n\n", last, StringComparison.Ordinal);
        Assert.True((bool)JsonNode.Parse(text)!["store"]!);
    }

    [Fact]
    public async Task Get_OfAWholeResponse_IsTheSame()
    {
        var live = await StoredFunction.ReadAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":4}"""));

        var id = (string)JsonNode.Parse(live)!["id"]!;
        await StoredFunction.WaitForEndAsync(stored.Client, id);

        Assert.Equal(live, await StoredFunction.ReadAsync(stored.Client, "GET", $"v1/responses/{id}"));
    }

    [Fact, Trait("reported", "R17")]
    public async Task Store_False_StoresNothing()
    {
        var (_, body) = await StoredFunction.AskAsync(
            stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":4}""", """{"store":false}"""));

        Assert.False((bool)body["store"]!);
        Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{body["id"]}")).Status);
    }

    [Fact, Trait("reported", "R47")]
    public async Task Response_OfAnotherCaller_DoesNotExist()
    {
        var (_, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":4}"""));
        var id = (string)body["id"]!;

        foreach (var (method, path) in new[]
        {
            ("GET", ""), ("GET", "?stream=true"), ("GET", "/input_items"), ("POST", "/cancel"), ("DELETE", ""),
        })
        {
            var (status, error) = await StoredFunction.AskAsync(stored.Other, method, $"v1/responses/{id}{path}");
            Assert.Equal((404, "response_not_found"), (status, (string?)error["error"]!["code"]));
        }

        var request = ResponsesCall.Request("{}", $$"""{"previous_response_id":"{{id}}"}""");
        var (code, answer) = await StoredFunction.AskAsync(stored.Other, "POST", "v1/responses", request);
        Assert.Equal((400, "previous_response_not_found"), (code, (string?)answer["error"]!["code"]));
        Assert.Equal("completed", (string?)(await StoredFunction.WaitForEndAsync(stored.Client, id))["status"]);
    }

    [Fact]
    public async Task Cancel_OfARunningResponse_StopsTheCall()
    {
        var marker = Guid.NewGuid().ToString();
        using var live = await StartAsync($$"""{"tokens":500,"gate":"{{marker}}"}""", marker);
        function.Emulator.Gates.Open(marker, 3);
        var id = IdOf((await live.ReadAsync())!);

        var first = await StoredFunction.AskAsync(stored.Client, "POST", $"v1/responses/{id}/cancel");
        var rest = await live.ReadToEndAsync();
        var ended = await function.Emulator.Calls.Last(call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal)).Ended;
        var second = await StoredFunction.AskAsync(stored.Client, "POST", $"v1/responses/{id}/cancel");

        Assert.False(ended); // The call was broken off.
        Assert.Equal(("cancelled", "cancelled"), ((string?)first.Body["status"], (string?)second.Body["status"]));
        Assert.Contains("event: response.incomplete\n", rest[^2], StringComparison.Ordinal);
        Assert.Contains("\"status\":\"cancelled\"", rest[^2], StringComparison.Ordinal);
        Assert.Equal("incomplete", (string?)second.Body["output"]![0]!["status"]);
        Assert.Equal(rest[^2..], (await RawStream.ReadAllAsync(stored.Client, "GET", $"v1/responses/{id}?stream=true"))[^2..]);
    }

    [Fact, Trait("reported", "R14")]
    public async Task Cancel_OfAnEndedResponse_ReturnsIt()
    {
        var (_, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":4}"""));
        await StoredFunction.WaitForEndAsync(stored.Client, (string)body["id"]!);

        var (status, cancelled) = await StoredFunction.AskAsync(stored.Client, "POST", $"v1/responses/{body["id"]}/cancel");

        Assert.Equal((200, body.ToJsonString()), (status, cancelled.ToJsonString()));
    }

    [Fact]
    public async Task Background_WithoutStream_IsQueuedAndThenCompleted()
    {
        var gate = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request($$"""{"tokens":4,"gate":"{{gate}}"}""", """{"background":true}""");

        var (status, queued) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);
        var id = (string)queued["id"]!;
        var (_, waiting) = await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{id}");
        function.Emulator.Gates.Open(gate, 100);
        var completed = await StoredFunction.WaitForEndAsync(stored.Client, id);

        Assert.Equal((200, "queued"), (status, (string?)queued["status"]));
        Assert.True((string?)waiting["status"] is "queued" or "in_progress", waiting.ToJsonString());
        Assert.Equal(("completed", true), ((string?)completed["status"], (bool)completed["background"]!));
        Assert.Equal(" t0 t1 t2 t3", (string?)completed["output"]![0]!["content"]![0]!["text"]);
    }

    [Fact]
    public async Task Background_WithStream_StartsBeforeTheModelResponds()
    {
        var gate = Guid.NewGuid().ToString();
        using var live = await StartAsync($$"""{"tokens":4,"gate":"{{gate}}"}""", gate, """{"background":true,"stream":true}""");

        var first = new[] { await live.ReadAsync(), await live.ReadAsync(), await live.ReadAsync() };
        function.Emulator.Gates.Open(gate, 100);
        var rest = await live.ReadToEndAsync();

        Assert.Equal(
            ["response.created", "response.queued", "response.in_progress"],
            first.Select(text => text!.Split('\n')[0]["event: ".Length..]));
        Assert.Contains("\"status\":\"queued\"", first[0], StringComparison.Ordinal);
        Assert.Equal(
            [.. first.Select(text => text!), .. rest],
            await RawStream.ReadAllAsync(stored.Client, "GET", $"v1/responses/{IdOf(first[0]!)}?stream=true"));
    }

    [Fact]
    public async Task Background_OfAFailingModel_IsFailed()
    {
        var request = ResponsesCall.Request("""{"fault":{"kind":"access_denied"} }""", """{"background":true}""");

        var (status, queued) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);
        var failed = await StoredFunction.WaitForEndAsync(stored.Client, (string)queued["id"]!);
        var events = await RawStream.ReadAllAsync(stored.Client, "GET", $"v1/responses/{queued["id"]}?stream=true");

        Assert.Equal((200, "failed"), (status, (string?)failed["status"]));
        Assert.NotNull(failed["error"]!["code"]);
        Assert.Contains("event: response.failed\n", events[^2], StringComparison.Ordinal);
    }

    [Fact, Trait("reported", "R17")]
    public async Task Delete_OfAResponse_RemovesIt()
    {
        var (_, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":4}"""));
        var id = (string)body["id"]!;

        var (status, deleted) = await StoredFunction.AskAsync(stored.Client, "DELETE", $"v1/responses/{id}");

        Assert.Equal(200, status);
        Assert.Equal($$"""{"id":"{{id}}","object":"response","deleted":true}""", deleted.ToJsonString());
        Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{id}")).Status);
        Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "DELETE", $"v1/responses/{id}")).Status);
    }

    [Theory]
    [InlineData("starting_after=x&stream=true", "starting_after",
        "Invalid type for 'starting_after': expected an integer, but got a string instead.")]
    [InlineData("starting_after=-1&stream=true", "starting_after",
        "Invalid 'starting_after': integer below minimum value. Expected a value >= 0, but got -1 instead.")]
    [InlineData("starting_after=1.5", "starting_after",
        "Invalid type for 'starting_after': expected an integer, but got a string instead.")]
    [InlineData("stream=maybe", "stream", "Invalid type for 'stream': expected a boolean, but got a string instead.")]
    [InlineData("limit=101", "limit", "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
        "/input_items")]
    [InlineData("limit=0", "limit", "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        "/input_items")]
    [InlineData("order=x", "order", "Invalid value: 'x'. Supported values are: 'asc' and 'desc'.", "/input_items")]
    [InlineData("after=x", "after", "Invalid 'after': the input has no item with this id.", "/input_items")]
    [InlineData("before=x", "before", "Invalid 'before': the input has no item with this id.", "/input_items")]
    public async Task Get_WithAWrongParameter_IsRefused(string query, string param, string message, string path = "")
    {
        var (_, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":1}"""));

        var (status, error) = await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{body["id"]}{path}?{query}");

        Assert.Equal((400, param, message), (status, (string?)error["error"]!["param"], (string?)error["error"]!["message"]));
    }

    private Task<RawStream> StartAsync(string standIn, string gate, string members = """{"stream":true}""")
    {
        Assert.NotEmpty(gate);
        return RawStream.StartAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request(standIn, members));
    }

    private static string IdOf(string created) => (string)JsonNode.Parse(created.Split("data: ")[1])!["response"]!["id"]!;

    // Ids and times differ between two replies.
    private static List<string> Strip(List<string> events)
    {
        var random = IdOf(events[0])["resp_".Length..];
        return [.. events.Select(text => System.Text.RegularExpressions.Regex.Replace(
            text.Replace(random, "", StringComparison.Ordinal), "_at\":\\d+", "_at\":0"))];
    }
}
