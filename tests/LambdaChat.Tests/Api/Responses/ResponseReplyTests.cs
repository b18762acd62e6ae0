using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Relay;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Chunks of replies, and the events and objects that they become.</summary>
public sealed class ResponseReplyTests
{
    internal const string Stop = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    private static readonly string[] Tools =
    [
        Delta("""{"role":"assistant","tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}"""),
        Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}"""),
        Delta("""{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\""}}]}"""),
        Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""),
        Delta("""{"tool_calls":[{"index":1,"function":{"arguments":":2}"}}]}"""),
    ];

    [Fact, Trait("reported", "R4 R8 R9 R10 R29")]
    public async Task Text_HasAllEventsInOrder()
    {
        var (response, stream) = await ResponseReply.ReadAsync(
            [Delta("""{"role":"assistant","content":""}"""), Text("a\\\""), Text("b"), Text("c"), Stop,
                """{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}"""]);

        Assert.Equal(
            ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed"],
            stream.Names);
        Assert.Equal("a\"bc", (string?)response["output"]![0]!["content"]![0]!["text"]);
        Assert.Equal(
            """{"input_tokens":5,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":8}""",
            response["usage"]!.ToJsonString());
    }

    [Fact]
    public async Task ChunkLikeThePrevious_WithAnotherMember_IsParsed()
    {
        var (response, _) = await ResponseReply.ReadAsync(
            [Text("a"), Text("b"), Delta("""{"content":"c","refusal":"d"}"""), Text("e"), Stop]);

        Assert.Equal(
            ["abc", "d", "e"],
            response["output"]!.AsArray().Select(item => item!["content"]![0]!).Select(part => (string?)(part["text"] ?? part["refusal"])));
    }

    [Fact, Trait("reported", "R1 R6")]
    public async Task ToolsOnly_HaveNoMessageItem()
    {
        var (response, stream) = await ResponseReply.ReadAsync([Tools[0], Tools[1], Tools[3], Finish("tool_calls")]);

        Assert.Equal("function_call", (string?)Assert.Single(response["output"]!.AsArray())!["type"]);
        Assert.Equal(
            ["response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done"],
            stream.Names[2..^1]);
    }

    [Fact, Trait("reported", "R3 R6")]
    public async Task Calls_InterleavedOrWithoutArguments_AreOneAfterAnother()
    {
        var (response, _) = await ResponseReply.ReadAsync([.. Tools, Text("x"),
            Delta("""{"tool_calls":[{"index":2,"id":"c2","type":"function","function":{"name":"h","arguments":""}}]}"""), Stop]);

        Assert.Equal(
            [("f", "c1", "{\"a\":1}"), ("g", "c2", "{\"b\":2}"), (null, null, null), ("h", "c2~2", "{}")],
            response["output"]!.AsArray().Select(item => ((string?)item!["name"], (string?)item["call_id"], (string?)item["arguments"])));
    }

    [Fact]
    public async Task PieceOfACompleteCall_Fails()
    {
        var stream = ResponseReading.Of(await ResponseReply.StreamAsync(
            [Tools[0], Tools[1], Tools[3], Text("x"), Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}""")]));

        Assert.Equal("upstream_stream_corrupt", (string?)stream.Response["error"]!["code"]);
    }

    [Theory, Trait("reported", "R9 R11 R30")]
    [InlineData(false, "response.reasoning_summary_text.delta", "summary")]
    [InlineData(true, "response.reasoning_text.delta", "content")]
    public async Task Thinking_IsASeparateItem_AndReturns(bool isText, string name, string member)
    {
        const string Request = """{"input":"hi","include":["reasoning.encrypted_content"]}""";
        var (response, stream) = await ResponseReply.ReadAsync(
            [Thinking("t\\ud83d\\ude00"), Thinking("h"), Text("x"), Stop], Request, isText);
        var items = response["output"]!.AsArray();

        Assert.Equal(2, stream.Names.Count(other => other == name));
        Assert.Equal(["reasoning", "message"], items.Select(item => (string?)item!["type"]));
        Assert.Equal("t😀h", (string?)items[0]![member]![0]!["text"]);
        items[0]!.AsObject().Remove(member); // Clients that store nothing send back only the encrypted content.
        var next = new JsonObject { ["input"] = items.DeepClone() };
        var chat = JsonNode.Parse(ResponseReply.Parse(next.ToJsonString()).ToChat().Span)!;
        Assert.Equal("t😀h", (string?)Assert.Single(chat["messages"]!.AsArray())!["reasoning_content"]);
    }

    [Fact, Trait("reported", "R23")]
    public async Task ThinkingAfterACall_ClosesTheCallFirst()
    {
        var (response, _) = await ResponseReply.ReadAsync([Tools[0], Tools[1], Thinking("t"), Tools[3], Stop]);

        Assert.Equal(["function_call", "reasoning"], response["output"]!.AsArray().Select(item => (string?)item!["type"]));
    }

    [Fact]
    public async Task Call_WithAnIdThatTheConversationHas_GetsAnother()
    {
        const string Request =
            """{"input":[{"type":"function_call","call_id":"c1~2","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1~2","output":"r"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}]}""";
        var (response, _) = await ResponseReply.ReadAsync([Tools[0], Stop], Request);
        var chat = JsonNode.Parse(ResponseReply.Parse(Request).ToChat().Span)!;

        Assert.Equal("c1~3", (string?)response["output"]![0]!["call_id"]);
        Assert.Equal("c1", (string?)chat["messages"]![1]!["tool_call_id"]); // As the model knows it.
    }

    [Theory, Trait("reported", "R37 R45")]
    [InlineData("length", "max_output_tokens")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("tool_calls", "max_output_tokens")] // As vLLM says it: https://github.com/vllm-project/vllm/issues/47761
    [InlineData("stop", "max_output_tokens")]
    public async Task ReplyThatIsCut_IsIncomplete(string finish, string reason)
    {
        var (response, _) = await ResponseReply.ReadAsync([Text("x"), Tools[0], Tools[1], Finish(finish)]);

        Assert.Equal("incomplete", (string?)response["status"]);
        Assert.Equal(reason, (string?)response["incomplete_details"]!["reason"]);
        Assert.Equal(["completed", "incomplete"], response["output"]!.AsArray().Select(item => (string?)item!["status"]));
    }

    [Fact]
    public async Task Refusal_IsAnItemWithARefusal()
    {
        var (response, _) = await ResponseReply.ReadAsync([Delta("""{"refusal":"no"}"""), Delta("""{"refusal":"!"}"""), Stop]);

        Assert.Equal("""[{"type":"refusal","refusal":"no!"}]""", response["output"]![0]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task Logprobs_AreReturnedWhereAskedFor()
    {
        const string Chunk = """{"choices":[{"index":0,"delta":{"content":"x"},"logprobs":{"content":[{"token":"x","logprob":-1,"bytes":[120],"top_logprobs":[]}]}}]}""";

        var (asked, _) = await ResponseReply.ReadAsync([Chunk, Chunk, Stop], """{"input":"hi","top_logprobs":2}""");
        var (other, _) = await ResponseReply.ReadAsync([Chunk, Stop]);

        Assert.Equal(2, asked["output"]![0]!["content"]![0]!["logprobs"]!.AsArray().Count);
        Assert.Empty(other["output"]![0]!["content"]![0]!["logprobs"]!.AsArray());
    }

    [Fact]
    public async Task EmptyReply_HasAnEmptyOutput()
    {
        var (response, stream) = await ResponseReply.ReadAsync([Stop]);

        Assert.Empty(response["output"]!.AsArray());
        Assert.Equal(["response.created", "response.in_progress", "response.completed"], stream.Names);
    }

    [Fact, Trait("reported", "R39 R40")]
    public async Task Silence_CloseToTheClientsLimit_HasAnEvent()
    {
        using var body = new MemoryStream();
        var reply = ResponseReply.CreateStream(ResponseReply.CreateResponse(body));
        for (var i = 0; i < 40; i++)
        {
            await reply.SendHeartbeatAsync(); // Every 15 s.
        }

        reply.Write(Encoding.UTF8.GetBytes(Text("x")));
        await reply.EndAsync(new LambdaChat.Relay.ReplyEnd(null, [], null));
        var text = Encoding.UTF8.GetString(body.ToArray());
        var silences = text.Split("event: ").Select(part => 15 * (part.Split(": keep-alive").Length - 1));

        Assert.Equal(2, ResponseReading.Of(text).Names.Count(name => name == "keepalive"));
        Assert.All(silences, seconds => Assert.InRange(seconds, 0, 285));
    }

    /// <summary>A client that has all events so far continues the stream.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Silence_OfAContinuedStream_HasSignsOfLife(int after)
    {
        var time = new FakeTimeProvider();
        using var body = new MemoryStream();
        var reply = ResponseReply.CreateStream(ResponseReply.CreateResponse(body), after: after);
        var settings = new RelaySettings(TimeSpan.Zero, TimeSpan.FromSeconds(15));
        await using var heartbeat = new Heartbeat(settings, time, reply.SendHeartbeatAsync);
        var lengths = new List<long>();
        for (var i = 0; i < 40; i++)
        {
            lengths.Add(body.Length);
            time.Advance(TimeSpan.FromSeconds(15));
        }

        var text = Encoding.UTF8.GetString(body.ToArray());
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(part => !part.StartsWith(':')).ToList();

        Assert.Equal(lengths.Distinct(), lengths); // Each heartbeat writes something.
        Assert.InRange(heartbeat.Count, 40, 41);
        Assert.Equal(after == 1 ? 0 : 1, events.Count(data => data.StartsWith("event: response.in_progress\n", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Repeat("event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":1}", 2),
            events.Where(data => data.StartsWith("event: keepalive", StringComparison.Ordinal)));
    }

    internal static string Delta(string delta) => $$"""{"choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""";

    private static string Text(string escaped) => Delta($$"""{"content":"{{escaped}}"}""");

    private static string Thinking(string escaped) => Delta($$"""{"reasoning_content":"{{escaped}}"}""");

    internal static string Finish(string reason) => $$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{reason}}"}]}""";
}
