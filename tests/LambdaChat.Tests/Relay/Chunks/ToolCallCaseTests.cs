using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Models;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Tool calls in the forms of many model servers, from the bytes to the chunks and to the replies of each API.</summary>
public sealed class ToolCallCaseTests
{
    private const string Finish = """{"id":"r1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""";

    public static TheoryData<string> Streams { get; } = [.. ToolCallCase.All.Select(item => item.Name)];

    public static TheoryData<string> Documents { get; } = [.. ToolCallCase.Documents.Select(item => item.Name)];

    [Theory, Trait("reported", "S1 S2")]
    [MemberData(nameof(Streams))]
    public void Stream_InAnyCut_HasEachCallOnce(string name)
    {
        var item = ToolCallCase.All.Single(item => item.Name == name);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Records(item).Append("[DONE]").Select(record => $"data: {record}\n\n")));
        var chunks = Translate([bytes]);
        AssertCalls(item, chunks);

        foreach (var pieces in Cuts.Of(bytes))
        {
            Assert.Equal(chunks, Translate(pieces));
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_InAnyCut_HasEachCallOnce(string name)
    {
        var item = ToolCallCase.Documents.Single(item => item.Name == name);
        var bytes = Encoding.UTF8.GetBytes(Document(item));
        var chunks = Translate([bytes]);
        AssertCalls(item, chunks);

        foreach (var pieces in Cuts.Of(bytes))
        {
            Assert.Equal(chunks, Translate(pieces));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public Task Stream_HasTheSameCallsInEachApi(string name)
    {
        var item = ToolCallCase.All.Single(item => item.Name == name);
        return AssertRepliesAsync(item, Records(item));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public Task Document_HasTheSameCallsInEachApi(string name)
    {
        var item = ToolCallCase.Documents.Single(item => item.Name == name);
        return AssertRepliesAsync(item, [Document(item)]);
    }

    private static async Task AssertRepliesAsync(ToolCallCase item, IEnumerable<string> records)
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract() with { HasTools = true }, records);
        Assert.True(editor.IsComplete);
        string[] expected = [.. item.Calls.Select(Normalize)];

        var completion = TranslatedReply.Aggregate(log.Chunks);
        var calls = completion["choices"]![0]!["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(item.Calls, calls.Select(call => $"{call!["id"]}:{call["function"]!["name"]}:{call["function"]!["arguments"]}"));
        foreach (var api in RecordedReply.Apis)
        {
            var reply = await RecordedReply.ReadAsync(api, log.Chunks);
            Assert.Equal(expected, reply.Calls);
            Assert.Equal(("", "tools"), (reply.Text, reply.Finish));
        }
    }

    // Each chunk has each call once; the first piece has the head, and no other piece has one.
    private static void AssertCalls(ToolCallCase item, List<string> chunks)
    {
        var calls = chunks.Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.All(calls, pieces => Assert.Equal(pieces.Count, pieces.DistinctBy(piece => (int)piece!["index"]!).Count()));
        var joined = calls.SelectMany(pieces => pieces).GroupBy(piece => (int)piece!["index"]!).ToList();
        Assert.Equal(Enumerable.Range(0, joined.Count), joined.Select(call => call.Key).Order());
        Assert.All(joined, call => Assert.All(
            call.Skip(1), piece => Assert.False(piece!.AsObject().ContainsKey("id") || piece["function"]!.AsObject().ContainsKey("name"))));
        Assert.Equal(item.Calls, joined.Select(call => call.First()!).Zip(joined, (head, call) =>
            $"{head["id"]}:{head["function"]!["name"]}:{string.Concat(call.Select(piece => (string?)piece!["function"]!["arguments"]))}"));
    }

    private static List<string> Translate(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract() with { HasTools = true }, log);
        using var records = new RecordReader(RecordFraming.Auto);
        var isOpen = true;
        foreach (var piece in pieces)
        {
            var payload = piece.Span;
            while (isOpen && records.TryRead(ref payload, out var record))
            {
                isOpen = editor.TryRead(record);
            }
        }

        while (isOpen && records.TryReadUnfinished(out var last))
        {
            isOpen = editor.TryRead(last);
        }

        Assert.Null(editor.End());
        return log.Chunks;
    }

    private static IEnumerable<string> Records(ToolCallCase item) => item.Chunks
        .Select(calls => $$$"""{"id":"r1","choices":[{"index":0,"delta":{"tool_calls":[{{{calls}}}]} }]}""").Append(Finish);

    private static string Document(ToolCallCase item) =>
        $$$"""{"id":"r1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{{{item.Chunks[0]}}}]},"finish_reason":"tool_calls"}]}""";

    private static string Normalize(string call)
    {
        var parts = call.Split(':', 3);
        return $"{parts[0]}:{parts[1]}:{JsonNode.Parse(parts[2])!.ToJsonString()}";
    }
}
