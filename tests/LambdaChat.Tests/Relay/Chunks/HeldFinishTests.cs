using LambdaChat.Models;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.Recordings;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>What comes in one chunk with a finish reason, which waits for the end, and what comes after it.</summary>
public sealed class HeldFinishTests
{
    private const string Calls =
        """ "tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments": """;
    private const string Empty = """{"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}""";

    public static TheoryData<string, string> CallsWithoutArguments => new(
        from api in RecordedReply.Apis
        from arguments in (string[])["\"{}\"", "\"\"", "null", "{}", "\" \""]
        select (api, arguments));

    /// <summary>The object that a call without arguments gets comes after the head of the call.</summary>
    [Theory]
    [MemberData(nameof(CallsWithoutArguments))]
    public async Task Call_InTheLastChunk_HasItsHeadFirst(string api, string arguments)
    {
        foreach (var records in (string[][])[[Chunk($"{Calls}{arguments}}}}}]")], [Chunk($"{Calls}{arguments}}}}}]"), Empty]])
        {
            var chunks = MessageRecords.Normalized(records);

            Assert.Equal("||a:f:{}|tools|0|0", (await RecordedReply.ReadAsync(api, chunks)).ToString());
            Assert.Contains("\"id\":\"a\"", chunks[0], StringComparison.Ordinal);
            Assert.Contains("\"finish_reason\":\"tool_calls\"", chunks[^1], StringComparison.Ordinal);
            Assert.Single(chunks, chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void OlderCall_InTheLastChunk_HasItsNameFirst(string arguments)
    {
        var chunks = MessageRecords.Normalized(Chunk($"\"function_call\":{{\"name\":\"f\",\"arguments\":{arguments}}}"));

        Assert.Contains("\"name\":\"f\"", chunks[0], StringComparison.Ordinal);
        Assert.Contains("\"arguments\":\"{}\"", chunks[1], StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"function_call\"", chunks[2], StringComparison.Ordinal);
        Assert.Equal(3, chunks.Count);
    }

    /// <summary>Some servers count the tokens so far in each chunk.</summary>
    [Fact]
    public void Usage_AfterTheFinishReason_IsTheLast()
    {
        var (log, editor) = ChunkLog.Run(
            ChunkLog.Contract(), Counted(0, "{\"content\":\"a\"}", "stop", 1), Counted(0, "{\"content\":\"\"}", null, 2));

        Assert.Equal(2, (int)TranslatedReply.Aggregate(log.Chunks)["usage"]!["completion_tokens"]!);
        Assert.Equal(2, editor.Usage?.Completion);
        Assert.Contains("\"role\":\"assistant\",\"content\":\"a\"", log.Chunks[0], StringComparison.Ordinal);
        Assert.EndsWith("\"finish_reason\":\"stop\"}]}", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Usage_OfTheChoiceThatEndsLast_IsTheLast()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(choices: 2), Counted(0, "{\"content\":\"a\"}", null, 1), Counted(1, "{\"content\":\"b\"}", null, 2),
            Counted(0, "{}", "stop", 3), Counted(1, "{\"content\":\"c\"}", null, 4));

        var root = TranslatedReply.Aggregate(log.Chunks);
        Assert.Equal(4, (int)root["usage"]!["completion_tokens"]!);
        Assert.Equal(["a", "bc"], root["choices"]!.AsArray().Select(choice => (string?)choice!["message"]!["content"]));
    }

    /// <summary>Nothing of a delta passes if it only waits, also if the chunk has another choice.</summary>
    [Theory]
    [InlineData("\"tool_calls\":[]", "")]
    [InlineData("\"tool_calls\":[{\"index\":0,\"id\":\"a\"}]", "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\"}}]}")]
    [InlineData("\"content\":\"\\n\"", "{\"content\":\"b\"}")]
    public void Delta_ThatWaits_IsEmptyBesideAnotherChoice(string waiting, string next)
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(think: ThinkMode.Off, choices: 2) with { HasTools = true },
            Two("\"content\":\"x\"", "\"role\":\"assistant\""), Two("\"content\":\"y\"", waiting), Counted(1, next.Length > 0 ? next : "{}", null, 1));

        Assert.Contains("\"delta\":{}", log.Chunks[1], StringComparison.Ordinal);
        Assert.Contains("\"content\":\"y\"", log.Chunks[1], StringComparison.Ordinal);
    }

    private static string Chunk(string delta) =>
        $$"""{"choices":[{"index":0,"delta":{"role":"assistant",{{delta}}},"finish_reason":"stop"}]}""";

    private static string Counted(int index, string delta, string? reason, int tokens)
    {
        var finish = reason is null ? "null" : $"\"{reason}\"";
        return $$$"""{"choices":[{"index":{{{index}}},"delta":{{{delta}}},"finish_reason":{{{finish}}}}],"usage":{"prompt_tokens":1,"completion_tokens":{{{tokens}}}}}""";
    }

    private static string Two(string first, string second) =>
        $$$"""{"choices":[{"index":0,"delta":{{{{first}}}}},{"index":1,"delta":{{{{second}}}}}]}""";
}
