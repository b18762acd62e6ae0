using LambdaChat.Models;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Api;

/// <summary>A call in the older form, <c>function_call</c>, is a tool call in the APIs that have no such form.</summary>
public sealed class LegacyToolCallTests
{
    private const string Finish = """{"id":"r1","choices":[{"index":0,"delta":{},"finish_reason":"function_call"}]}""";

    public static TheoryData<string> Apis { get; } = [.. RecordedReply.Apis];

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Call_InPieces_IsOneToolCall(string api)
    {
        await AssertCallAsync(api, "", Delta("""{"function_call":{"name":"f","arguments":""}}"""),
            Delta("""{"function_call":{"arguments":"{\"a\":"}}"""), Delta("""{"function_call":{"arguments":"1}"}}"""));
        await AssertCallAsync(api, "", Delta("""{"function_call":{"name":"f","arguments":"{\"a\":"}}"""),
            Delta("""{"function_call":{"name":"f","arguments":"1}"}}"""));
        await AssertCallAsync(api, "Hi", Delta("""{"content":"Hi"}"""), Delta("""{"function_call":{"name":"f","arguments":{"a":1}}}"""));
        await AssertCallAsync(api, "", """{"id":"r1","choices":[{"index":0,"message":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},"finish_reason":"function_call"}]}""");
    }

    /// <summary>OpenAI's clients read and join texts only.</summary>
    [Fact]
    public void Arguments_AsAnObject_BecomeText()
    {
        string[] records =
            [Delta("""{"content":null,"function_call":{"name":"f","arguments":{"a":"\"x\""},"y":1}}"""), Finish];

        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), records);

        const string call = """{"name":"f","arguments":"{\"a\":\"\\\"x\\\"\"}","y":1}""";
        Assert.Contains($"\"function_call\":{call}", log.Chunks[0], StringComparison.Ordinal);
        Assert.Equal(
            call,
            TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["message"]!["function_call"]!.ToJsonString(ChunkLog.Relaxed));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Call_WithoutArguments_HasAnEmptyObject(string api)
    {
        string[] calls =
        [
            """{"name":"f"}""", """{"name":"f","arguments":null}""", """{"name":"f","arguments":""}""", """{"name":"f","arguments":" "}""",
        ];
        foreach (var call in calls)
        {
            var (log, _) = ChunkLog.Run(ChunkLog.Contract(), Delta($$"""{"function_call":{{call}}}"""), Finish);

            var message = TranslatedReply.Aggregate(log.Chunks)["choices"]![0]!["message"]!;
            Assert.Equal("{}", ((string?)message["function_call"]!["arguments"])!.Trim());
            Assert.Equal("call_r1_0:f:{}", Assert.Single((await RecordedReply.ReadAsync(api, log.Chunks)).Calls));
        }
    }

    [Theory]
    [InlineData("stop", "{}", "function_call")]
    [InlineData("tool_calls", "{}", "function_call")]
    [InlineData("length", "{}", "length")]
    [InlineData("function_call", "{\\\"city\\\": \\\"Par", "length")] // Cut by the limit.
    [InlineData("stop", "{", "length")]
    public void Finish_AfterACall_IsFunctionCall(string reason, string arguments, string expected)
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(),
            Delta("""{"function_call":{"name":"f","arguments":""}}"""), Delta($$$"""{"function_call":{"arguments":"{{{arguments}}}"}}"""),
            Finish.Replace("function_call", reason, StringComparison.Ordinal));

        Assert.Contains($"\"finish_reason\":\"{expected}\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    /// <summary>Clients look for calls in the form that the finish reason names.</summary>
    [Fact]
    public void Finish_AfterACallInTheNewerForm_IsToolCalls()
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(),
            Delta("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}"""), Finish);

        Assert.Contains("\"finish_reason\":\"tool_calls\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    /// <summary>Some servers write an empty <c>function_call</c> into each chunk.</summary>
    [Theory]
    [MemberData(nameof(Apis))]
    public async Task EmptyCall_IsNone(string api)
    {
        const string empty = """ "function_call":{"name":"","arguments":""},"refusal":"","tool_calls":[]""";
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(), Delta($$"""{"role":"assistant","content":"Hi",{{empty}}}"""),
            $$"""{"id":"r1","choices":[{"index":0,"delta":{"content":"",{{empty}}},"finish_reason":"stop"}]}""",
            Delta($$"""{"content":"",{{empty}}}"""));
        Assert.True(editor.IsComplete);

        var reply = await RecordedReply.ReadAsync(api, log.Chunks);

        Assert.Equal(("Hi", "stop", 0), (reply.Text, reply.Finish, reply.Calls.Count));
        Assert.Contains(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task CallWithoutAName_IsSentAtTheEnd(string api)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), Delta("""{"function_call":{"arguments":"{\"a\":"}}"""),
            Delta("""{"function_call":{"arguments":"1}"}}"""), Finish);

        Assert.Equal("""call_r1_0::{"a":1}""", Assert.Single((await RecordedReply.ReadAsync(api, log.Chunks)).Calls));
    }

    [Fact]
    public void Call_AfterAnEndOfThinking_IsKept()
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(think: ThinkMode.Started),
            Delta("""{"content":"</think>","function_call":{"name":"f","arguments":"{}"}}"""), Finish);

        Assert.Contains(log.Chunks, chunk => chunk.Contains("\"function_call\":{", StringComparison.Ordinal));
    }

    [Fact]
    public void Pieces_DoNotCountAsTokens()
    {
        var format = ChunkLog.Contract() with { MaxTokens = 2 };
        var (log, _) = ChunkLog.Run(format, [.. Enumerable.Repeat(Delta("""{"function_call":{"name":"f","arguments":"1"}}"""), 5), Finish]);

        Assert.Contains("\"finish_reason\":\"function_call\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    private static async Task AssertCallAsync(string api, string text, params string[] records)
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(), [.. records, Finish]);
        Assert.True(editor.IsComplete);

        var reply = await RecordedReply.ReadAsync(api, log.Chunks);

        Assert.Equal((text, "tools"), (reply.Text, reply.Finish));
        Assert.Equal("""call_r1_0:f:{"a":1}""", Assert.Single(reply.Calls));
    }

    private static string Delta(string delta) => $$"""{"id":"r1","choices":[{"index":0,"delta":{{delta}}}]}""";
}
