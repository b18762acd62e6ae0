using System.Text;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The tokens of tool calls in a reply without reported usage: those of their arguments, not of the names around them.</summary>
public sealed class RecordTokensTests
{
    private const string Ids = "\"id\":\"call_0123456789012345678901234567890123456789\",\"index\":0,\"type\":\"function\"";

    /// <summary>Replies in which each event has one token, or a few.</summary>
    public static TheoryData<string> Recordings => [.. Recording.Paths.Where(path =>
        (path.Contains("/llama-cpp-python", StringComparison.Ordinal) || path.Contains("/sglang", StringComparison.Ordinal)
            || path.Contains("/vllm-0.32", StringComparison.Ordinal))
        && path.Contains("tool", StringComparison.Ordinal) && path.EndsWith(".stream.sse", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Recording_WithToolCalls_HasATokenForEachEvent(string path)
    {
        var recording = new Recording(path);
        var format = ChunkLog.Contract(choices: recording.Choices);

        var (tokens, records) = Count(format, [recording.Bytes]);

        Assert.InRange(records, 2, 100);
        Assert.Equal(records, tokens);
    }

    /// <summary>90 bytes of arguments are 30 tokens.</summary>
    [Theory]
    [InlineData("""{"tool_calls":[{IDS,"function":{"name":null,"arguments":"a"}}]}""", 1)]
    [InlineData("""{"tool_calls":[{IDS,"function":{"name":"f","arguments":"LONG"}}]}""", 30)]
    [InlineData("""{"tool_calls":{IDS,"name":"f","arguments":"LONG"}}""", 30)]
    [InlineData("""{"tool_calls":[{IDS,"function":{"name":"f","arguments":{"a":"LONG","arguments":[{"input":1}]}}}]}""", 42)]
    [InlineData("""{"tool_calls":[{IDS,"custom":{"name":"f","input":"LONG"}}]}""", 30)]
    [InlineData("""{"function_call":{"name":"LONG","arguments":"a"}}""", 1)]
    [InlineData("""{"function_call":{"name":"f","arguments":"LONG"}}""", 30)]
    [InlineData("""{"function_call":{"arguments":"LONG"},"tool_calls":[{IDS,"function":{"name":"f","arguments":"LONG"}}]}""", 30)]
    [InlineData("""{"tool_calls":[],"function_call":{"name":"f","arguments":"LONG"}}""", 30)]
    public void Call_InAnyForm_CountsItsArguments(string delta, long expected)
    {
        var json = delta.Replace("IDS", Ids, StringComparison.Ordinal).Replace("LONG", new string('a', 90), StringComparison.Ordinal);
        var stream = $$"""data: {"choices":[{"index":0,"delta":{{json}},"finish_reason":null}]}""" + "\n\n";

        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            Assert.Equal((expected, 1), Count(ChunkLog.Contract(), pieces));
        }
    }

    private static (long Tokens, int Records) Count(OutputFormat format, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var translation = new Translation(format, new ChunkLog());
        using var reader = new RecordReader(RecordFraming.Auto);
        var records = 0;
        foreach (var piece in pieces)
        {
            var payload = piece.Span;
            while (reader.TryRead(ref payload, out var record))
            {
                records += record.IsDone ? 0 : 1;
                translation.TryRead(record);
            }
        }

        Assert.Null(translation.Failure);
        return (translation.RecordTokens, records);
    }
}
