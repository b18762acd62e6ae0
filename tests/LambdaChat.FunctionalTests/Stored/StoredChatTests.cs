using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Stored chat completions: resumed by <c>Last-Event-ID</c>, read, cancelled, deleted.</summary>
public sealed class StoredChatTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    private const string Path = "v1/chat/completions";
    private const string Reply3 = """{"reasoning":["hm"],"content":["a"," b"],"tools":[{"name":"f","arguments":"{\"x\":1}"}]}""";
    private const string Store = """{"store":true,"tools":[{"type":"function","function":{"name":"f"}}]}""";

    [Fact]
    public async Task Stream_AfterEachEvent_IsTheRestByteForByte()
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request(Reply3, Store));
        var id = IdOf(live[0]);

        await AssertResumesAsync(live, id);
    }

    [Fact]
    public async Task Stream_ThatFailed_ResumesInsideItsError()
    {
        var live = await RawStream.ReadAllAsync(
            stored.Client, "POST", Path, Reply.Request("""{"tokens":3,"fault":{"kind":"abort","after":2} }""", """{"store":true}"""));

        Assert.Contains("\"error\":{", string.Concat(live), StringComparison.Ordinal);
        await AssertResumesAsync(live, IdOf(live[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Stream_OfADisconnectedClient_Continues(int cut)
    {
        var gate = Guid.NewGuid().ToString();
        var request = Reply.Request($$"""{"tokens":6,"gate":"{{gate}}"}""", """{"store":true}""");
        var read = new List<string>();
        using (var live = await RawStream.StartAsync(stored.Client, "POST", Path, request))
        {
            for (var i = 0; i < cut; i++)
            {
                read.Add((await live.ReadAsync())!);
                function.Emulator.Gates.Open(gate);
            }

            Assert.Equal(IdOf(read[0]), live.Response.Headers.GetValues("x-reply-id").Single());
        }

        var path = $"{Path}/{IdOf(read[0])}";
        using var resumed = await RawStream.StartAsync(stored.Client, "GET", path, null, Resume(cut - 1));
        function.Emulator.Gates.Open(gate, 100);
        read.AddRange(await resumed.ReadToEndAsync());

        Assert.Equal(" t0 t1 t2 t3 t4 t5", Reply.Join(read.Select(DataOf)).Content);
        Assert.Equal(read, await RawStream.ReadAllAsync(stored.Client, "GET", path, null, ("Accept", "text/event-stream")));
    }

    [Fact]
    public async Task Get_OfAWholeCompletion_IsTheSame()
    {
        var live = await StoredFunction.ReadAsync(
            stored.Client, "POST", Path, Reply.Request(Reply3, """{"store":true,"stream":false}"""));
        var path = $"{Path}/{(string)JsonNode.Parse(live)!["id"]!}";
        await RawStream.ReadAllAsync(stored.Client, "GET", path, null, ("Accept", "text/event-stream")); // Waits for the end.

        Assert.Equal(live, await StoredFunction.ReadAsync(stored.Client, "GET", path));
    }

    [Theory]
    [InlineData("""{"store":false}""")]
    [InlineData("{}")]
    public async Task Stream_WithoutStore_HasNoIds(string members)
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request("""{"tokens":2}""", members));

        Assert.All(live, text => Assert.StartsWith("data: ", text, StringComparison.Ordinal));
        Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "GET", $"{Path}/{IdOf(live[0])}")).Status);
    }

    [Fact]
    public async Task Store_WithoutAStore_IsRefused()
    {
        var request = Reply.Request("""{"tokens":2}""", """{"store":true}""");
        var (status, error) = await StoredFunction.AskAsync(function.Client, "POST", Path, request);
        var (get, missing) = await StoredFunction.AskAsync(function.Client, "GET", $"{Path}/chatcmpl-1");

        Assert.Equal((400, "store_off", "store"), (status, (string?)error["error"]!["code"], (string?)error["error"]!["param"]));
        Assert.Contains("STORE", (string?)error["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal((400, "store_off"), (get, (string?)missing["error"]!["code"]));
    }

    [Fact]
    public async Task Completion_OfAnotherCaller_DoesNotExist()
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request("""{"tokens":2}""", """{"store":true}"""));
        foreach (var (method, path) in new[] { ("GET", ""), ("POST", "/cancel"), ("DELETE", "") })
        {
            var (status, error) = await StoredFunction.AskAsync(stored.Other, method, $"{Path}/{IdOf(live[0])}{path}");
            Assert.Equal((404, "completion_not_found"), (status, (string?)error["error"]!["code"]));
        }

        using var stream = await RawStream.StartAsync(stored.Other, "GET", $"{Path}/{IdOf(live[0])}", null, Resume(0));
        Assert.Equal(404, (int)stream.Response.StatusCode);
    }

    [Fact]
    public async Task Cancel_OfARunningCompletion_StopsTheCall()
    {
        var gate = Guid.NewGuid().ToString();
        using var live = await RawStream.StartAsync(
            stored.Client, "POST", Path, Reply.Request($$"""{"tokens":500,"gate":"{{gate}}"}""", """{"store":true}"""));
        var path = $"{Path}/{IdOf((await live.ReadAsync())!)}";
        var (inProgress, _) = await StoredFunction.AskAsync(stored.Client, "GET", path);

        var both = await Task.WhenAll(
            StoredFunction.AskAsync(stored.Client, "POST", path + "/cancel"),
            StoredFunction.AskAsync(stored.Client, "POST", path + "/cancel"));
        var rest = await live.ReadToEndAsync();

        Assert.All(both, answer => Assert.Equal((200, "cancelled"), (answer.Status, (string?)answer.Body["status"])));
        Assert.Equal(409, inProgress);
        Assert.Contains("\"code\":\"reply_cancelled\"", string.Concat(rest), StringComparison.Ordinal);
        var call = function.Emulator.Calls.Last(call => call.Body.ToJsonString().Contains(gate, StringComparison.Ordinal));
        Assert.False(await call.Ended);
        await stored.Process.Log.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task Delete_OfACompletion_RemovesIt()
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request("""{"tokens":2}""", """{"store":true}"""));
        var id = IdOf(live[0]);

        var (_, deleted) = await StoredFunction.AskAsync(stored.Client, "DELETE", $"{Path}/{id}");

        Assert.Equal($$"""{"id":"{{id}}","object":"chat.completion.deleted","deleted":true}""", deleted.ToJsonString());
        Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "GET", $"{Path}/{id}")).Status);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("0x1")]
    [InlineData("9223372036854775808")]
    public async Task Get_WithAWrongEventId_IsRefused(string lastEvent)
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request("""{"tokens":2}""", """{"store":true}"""));

        using var response = await StoredFunction.SendAsync(
            stored.Client, "GET", $"{Path}/{IdOf(live[0])}", null, ("Accept", "text/event-stream"), ("Last-Event-ID", lastEvent));

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("00", 1)]
    [InlineData("9223372036854775807", int.MaxValue)]
    public async Task Get_AfterAnyEvent_HasTheEventsAfterIt(string lastEvent, int skipped)
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request("""{"tokens":2}""", """{"store":true}"""));

        var rest = await RawStream.ReadAllAsync(
            stored.Client, "GET", $"{Path}/{IdOf(live[0])}", null, ("Accept", "text/event-stream"), ("Last-Event-ID", lastEvent));

        Assert.Equal(live[Math.Min(skipped, live.Count - 1)..], rest);
    }

    // An id belongs to its API, also for its own caller.
    [Fact]
    public async Task Id_OfAnotherApi_DoesNotExist()
    {
        var live = await RawStream.ReadAllAsync(stored.Client, "POST", Path, Reply.Request("""{"tokens":2}""", """{"store":true}"""));
        var (_, response) = await StoredFunction.AskAsync(
            stored.Client, "POST", "v1/responses", Responses.ResponsesCall.Request("""{"tokens":1}"""));
        var (chat, other) = (IdOf(live[0]), (string)response["id"]!);
        string[] wrong = [other, $"chatcmpl-{other["resp_".Length..]}", chat["chatcmpl-".Length..], $"{chat}0", chat.ToUpperInvariant()];

        foreach (var id in wrong)
        {
            Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "GET", $"{Path}/{id}")).Status);
            Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "DELETE", $"{Path}/{id}")).Status);
        }

        foreach (var id in new[] { chat, $"resp_{chat["chatcmpl-".Length..]}", $"msg_{other["resp_".Length..]}0" })
        {
            Assert.Equal(404, (await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{id}")).Status);
            var request = Responses.ResponsesCall.Request("{}", $$"""{"previous_response_id":"{{id}}"}""");
            Assert.Equal(400, (await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request)).Status);
        }
    }

    private async Task AssertResumesAsync(List<string> live, string id)
    {
        Assert.Equal("data: [DONE]\n\n", live[^1]);
        Assert.Equal(live, await RawStream.ReadAllAsync(stored.Client, "GET", $"{Path}/{id}", null, ("Accept", "text/event-stream")));
        for (var i = 0; i < live.Count - 1; i++)
        {
            Assert.StartsWith($"id: {i}\n", live[i], StringComparison.Ordinal);
            Assert.Equal(live[(i + 1)..], await RawStream.ReadAllAsync(stored.Client, "GET", $"{Path}/{id}", null, Resume(i)));
        }
    }

    private static (string Name, string Value)[] Resume(int after) =>
        [("Accept", "text/event-stream"), ("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    private static string DataOf(string text) => text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..].TrimEnd();

    private static string IdOf(string text) => (string)JsonNode.Parse(DataOf(text))!["id"]!;
}
