using System.Net.Sockets;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>A streaming chat completion along the whole path: client, function URL, Runtime API, function, event stream and back.</summary>
public sealed class ChatStreamTests(FunctionFixture function)
{
    private const string Question = "9.11 and 9.8, which is greater?";
    private const string ChineseQuestion = "9.11 和 9.8 哪个更大？";

    [Fact]
    public async Task Reply_EachEvent_ArrivesBeforeTheNextIsSent()
    {
        await using var reply = await Reply.StartAsync(function.Client, Reply.Request("""{"tokens":8,"gate":"each-event"}"""));

        for (var i = 0; i < 10; i++) // The role, eight tokens, the finish reason: each is read before the gate lets the next one out.
        {
            var chunk = JsonNode.Parse((await reply.ReadEventAsync())!)!["choices"]![0]!;
            Assert.Equal(i == 9 ? "stop" : null, (string?)chunk["finish_reason"]);
            Assert.Equal(i is 0 or 9 ? "" : $" t{i - 1}", (string?)chunk["delta"]!["content"]);
            function.Emulator.Gates.Open("each-event");
        }

        Assert.Equal("[DONE]", await reply.ReadEventAsync());
        Assert.Null(await reply.ReadEventAsync());
    }

    [Theory]
    [InlineData(Question)]
    [InlineData(ChineseQuestion)]
    public async Task Reply_ReasoningThenAnswer_IsWhole(string question)
    {
        var events = await Reply.ReadAsync(function.Client,
            Reply.Request(members: $$"""{"messages":[{"role":"user","content":"{{question}}"}]}"""));

        Assert.Equal(Script.Answer(question), Reply.Join(events));
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(data => JsonNode.Parse(data)!).ToList();
        Assert.All(chunks, chunk => Assert.Equal(FunctionFixture.Model, (string?)chunk["model"]));
        Assert.All(chunks, chunk => Assert.Null(chunk["choices"]![0]!["delta"]!["reasoning"]));
        var kinds = chunks.Select(chunk => chunk["choices"]![0]!["delta"]!.AsObject().Last().Key).Skip(1).ToList();
        Assert.Equal(kinds.LastIndexOf("reasoning_content") + 1, kinds.IndexOf("content"));
    }

    [Theory]
    [InlineData("""{"part_bytes":1}""")]
    [InlineData("""{"part_bytes":7}""")]
    [InlineData("""{"write_bytes":1}""")]
    [InlineData("""{"write_bytes":113}""")]
    [InlineData("""{"part_bytes":3,"write_bytes":5}""")]
    [InlineData("""{"cut_seed":1}""")]
    [InlineData("""{"cut_seed":2,"write_bytes":900}""")]
    [InlineData("""{"cut_seed":3,"burst":true}""")]
    [InlineData("""{"burst":true}""")]
    public async Task Reply_CutAnywhere_IsTheSame(string standIn)
    {
        var events = await Reply.ReadAsync(function.Client,
            Reply.Request(standIn, $$"""{"messages":[{"role":"user","content":"{{ChineseQuestion}}"}]}"""));

        Assert.Equal(Script.Answer(ChineseQuestion), Reply.Join(events));
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task Reply_Headers_DisableBuffering()
    {
        await using var reply = await Reply.StartAsync(function.Client, Reply.Request("""{"tokens":1}"""));
        await reply.ReadToEndAsync();

        var headers = reply.Response.Headers;
        Assert.Equal("text/event-stream; charset=utf-8", reply.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", headers.CacheControl!.ToString());
        Assert.Equal("no", Assert.Single(headers.GetValues("X-Accel-Buffering")));
        var requestId = Assert.Single(headers.GetValues("x-request-id"));
        await function.Log.WaitForAsync($"Reply {requestId} to test by {FunctionFixture.Model} completed: 3 events");
        await function.Log.WaitForAsync($"REPORT RequestId: {requestId}\tDuration: ");
    }

    [Fact]
    public async Task Reply_ToASlowClient_IsNotHeldInMemory()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = function.Lambda.Url };
        client.DefaultRequestHeaders.Authorization = function.Client.DefaultRequestHeaders.Authorization;
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":100000,"burst":true}"""));

        var events = await reply.ReadToEndAsync();

        Assert.Equal("[DONE]", events[^1]);
        var line = await function.Log.WaitForAsync(reply.Response.Headers.GetValues("x-request-id").Single(), "\"held\":");
        Assert.InRange((int)JsonNode.Parse(line)!["held"]!, 1, 256 * 1024);
    }

    [Fact]
    public async Task Request_OnItsWayUp_ChangesOnlyItsModel()
    {
        var request = Reply.Request("""{"tokens":0}""",
            """{"model":"served-name","temperature":0.60,"unknown":{"a":[1.0e5,"\u4f60"]},"stream_options":{"include_usage":true}}""");
        var events = await Reply.ReadAsync(function.Client, request);

        var call = function.Emulator.Calls.Last(call => call.Body["unknown"] is not null);
        request["model"] = "deepseek-ai/R1";
        Assert.True(JsonNode.DeepEquals(request, call.Body), call.Body.ToJsonString());
        Assert.Equal("/endpoints/demo/invocations-response-stream", call.Path);
        Assert.Equal("ic-1", call.Headers["X-Amzn-SageMaker-Inference-Component"]);
        Assert.Equal("AllTraffic", call.Headers["X-Amzn-SageMaker-Target-Variant"]);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        Assert.DoesNotContain("traceparent", call.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.NotNull(JsonNode.Parse(events[^2])!["usage"]!["completion_tokens"]);
        Assert.Equal("served-name", (string?)JsonNode.Parse(events[^2])!["model"]);
    }

    [Fact]
    public async Task Reply_ManyAtOnce_EachIsItsOwn()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            Reply.Join(
                await Reply.ReadAsync(function.Client,
                    Reply.Request($$"""{"content":"reply number {{i}}","reasoning":"thought {{i}}","cut_seed":{{i}}}""")))));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => ($"thought {i}", $"reply number {i}")), replies);
    }
}
