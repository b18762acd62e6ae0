using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.ReplyStore;
using LambdaChat.Tests.Fuzzing.Requests;
using LambdaChat.Tests.ReplyStore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>The limits of requests that read stored responses, before the model is called.</summary>
public sealed class StoredInputTests
{
    private const string Create = "/v1/responses";
    private const string Count = "/v1/responses/input_tokens";
    private const string Previous = """{"model":"m","input":"a","previous_response_id":"resp_unknown"}""";

    private static readonly string Reference =
        $$"""{"model":"m","max_output_tokens":0,"input":["M",{"type":"item_reference","id":"rs_{{new string('a', 40)}}0"}]}"""
            .Replace("\"M\"", """{"role":"user","content":"a"}""", StringComparison.Ordinal);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedReplyStore _store;

    public StoredInputTests() => _store = new ScriptedReplyStore(_time, 100_000_000) { IsImmediate = true };

    public static TheoryData<string, string> Refused { get; } = new()
    {
        { Create, Previous },
        { Create, Reference },
        { Count, Previous },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Request_RefusedAfterTheStoreWasRead_Counts(string path, string body)
    {
        await using var function = await StartAsync("""{"requestsPerMinute":2}""");

        Assert.Equal([400, 400, 429, 429], await SendAsync(function, path, body, 4));
        _store.Count("request");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([400, 400, 429], await SendAsync(function, path, body, 3));
        Assert.Equal(2, _store.Count("request"));
    }

    [Fact]
    public async Task Request_RefusedWithoutTheStore_DoesNotCount()
    {
        await using var function = await StartAsync("""{"requestsPerMinute":2}""");

        Assert.Equal([400, 400, 400], await SendAsync(function, Create, """{"model":"m","input":"a","max_output_tokens":0}""", 3));
        Assert.Equal([200, 200, 429], await SendAsync(function, Create, """{"model":"m","input":"a"}""", 3));
    }

    [Fact]
    public async Task Request_ThatContinuesAResponse_CountsOnce()
    {
        await using var function = await StartAsync("""{"requestsPerMinute":3}""");
        var first = await AskAsync(function, new JsonObject { ["input"] = "a" });
        var next = $$"""{"model":"m","input":"b","previous_response_id":"{{first["id"]}}"}""";

        Assert.Equal([200, 200, 429], await SendAsync(function, Create, next, 3));
    }

    [Fact]
    public async Task Reads_AreThoseOfTheReaderLimit()
    {
        await using var function = await StartAsync(limits: null);
        var references = Enumerable.Range(0, 50).Select(i => $$"""{"type":"item_reference","id":"rs_{{i:d40}}0"}""");
        var body = $$"""{"model":"m","input":[{"role":"user","content":"a"},{{string.Join(',', references)}}]}""";

        Assert.Equal(Enumerable.Repeat(200, ReaderLimit.MaximumPerMinute / 50), await SendAsync(function, Create, body, 12));
        Assert.Equal([429], await SendAsync(function, Create, body, 1));
        Assert.Equal([429], await SendAsync(function, Create, Previous, 1));
        Assert.Equal([200], await SendAsync(function, Create, """{"model":"m","input":"a"}""", 1));
    }

    /// <summary>A request that waits for the store has a place in the limits of its caller.</summary>
    [Fact]
    public async Task Place_WhileTheStoreIsRead_IsTaken()
    {
        await using var function = await StartAsync("""{"streams":1}""");
        _store.IsImmediate = false; // Looks for a response that may not be stored yet.

        var first = SendAsync(function, Create, Previous, 1);
        await _store.WaitForAsync("request");
        Assert.Equal([429], await SendAsync(function, Create, """{"model":"m","input":"a"}""", 1));
        while (!first.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal([400], await first);
        Assert.Equal([200], await SendAsync(function, Create, """{"model":"m","input":"a"}""", 1));
    }

    /// <summary>Clients such as the AI SDK send a reference for each earlier item of a conversation.</summary>
    [Fact]
    public async Task References_OfAConversation_OpenItsLastResponseOnly()
    {
        await using var function = await StartAsync(limits: null);
        var input = new JsonArray();
        for (var turn = 0; turn < 5; turn++)
        {
            input.Add(new JsonObject { ["role"] = "user", ["content"] = $"question {turn}" });
            var response = await AskAsync(function, new JsonObject { ["input"] = input.DeepClone() });
            Assert.InRange(_store.Count("request"), 0, 1);
            foreach (var item in response["output"]!.AsArray())
            {
                input.Add(new JsonObject { ["type"] = "item_reference", ["id"] = (string)item!["id"]! });
            }
        }
    }

    [Fact]
    public async Task References_ToManyLongResponses_AreRefused()
    {
        await using var function = await StartAsync(limits: null);
        var input = new JsonArray { new JsonObject { ["role"] = "user", ["content"] = "a" } };
        for (var i = 0; i < 4; i++)
        {
            var response = await AskAsync(function, new JsonObject { ["input"] = new string('x', 3_000_000) });
            input.Add(new JsonObject { ["type"] = "item_reference", ["id"] = (string)response["output"]![0]!["id"]! });
        }

        _store.Count("request");
        var body = new JsonObject { ["model"] = "m", ["input"] = input }.ToJsonString();
        var (status, error, _) = await function.SendAsync(Create, Encoding.UTF8.GetBytes(body));
        var opened = _store.Count("request");
        input.RemoveAt(1);
        var (fewer, _, _) = await function.SendAsync(
            Create, Encoding.UTF8.GetBytes(new JsonObject { ["model"] = "m", ["input"] = input.DeepClone() }.ToJsonString()));

        Assert.Equal((400, 200, 3), (status, fewer, opened));
        Assert.Contains("more than 6291456 bytes", error, StringComparison.Ordinal);
        Assert.Equal("input", (string?)JsonNode.Parse(error)!["error"]!["param"]);
    }

    /// <summary>The model must not receive what the caller has deleted.</summary>
    [Fact]
    public async Task PreviousResponse_DeletedWhileTheRequestWaitsForItsEnd_IsNotFound()
    {
        await using var function = await StartAsync(limits: null);
        var ended = (string)(await AskAsync(function, new JsonObject { ["input"] = "a" }))["id"]!;
        var request = (await _store.ReadRequestAsync(ReplyKey.Of(null, ended), CancellationToken.None))!;
        var (running, now) = (ReplyKey.Of(null, "resp_1"), _time.GetUtcNow());
        var head = new ReplyHead("g", ReplyStatus.Running, now.AddDays(1), now.AddDays(1)) { RequestLength = request.Length };
        await _store.CreateAsync(running, head, request.Compressed, CancellationToken.None);
        _store.Count("read");

        var body = """{"model":"m","input":"b","previous_response_id":"resp_1"}""";
        var next = function.SendAsync(Create, Encoding.UTF8.GetBytes(body));
        await _store.WaitForAsync("read");
        await _store.WaitForAsync("read"); // It waits for the end.
        await _store.DeleteAsync(running, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        var (status, error, _) = await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((400, "previous_response_not_found"), (status, (string?)JsonNode.Parse(error)!["error"]!["code"]));
    }

    private Task<RequestFunction> StartAsync(string? limits) => RequestFunction.StartAsync(
        services => services.AddSingleton<TimeProvider>(_time).AddSingleton<IReplyStore>(_store),
        ",\"countTokens\":true",
        ["--STORE=memory", .. limits is null ? Array.Empty<string>() : [$$$"""--LIMITS={"keys":{"*":{{{limits}}} } }"""]]);

    private static async Task<JsonNode> AskAsync(RequestFunction function, JsonObject body)
    {
        body["model"] = "m";
        var (status, response, _) = await function.SendAsync(Create, Encoding.UTF8.GetBytes(body.ToJsonString()));
        Assert.Equal(200, status);
        return JsonNode.Parse(response)!;
    }

    private static async Task<List<int>> SendAsync(RequestFunction function, string path, string body, int count)
    {
        var statuses = new List<int>();
        for (var i = 0; i < count; i++)
        {
            statuses.Add((await function.SendAsync(path, Encoding.UTF8.GetBytes(body))).Status);
        }

        return statuses;
    }
}
