using System.Text.Json.Nodes;
using LambdaChat.Models;

namespace LambdaChat.Tests.Relay;

// Replies that fail inside the thinking.
public sealed partial class RelayRunTests
{
    [Theory]
    [InlineData(ReasoningOutput.Think, true, Abort, "<think>why</think>")]
    [InlineData(ReasoningOutput.Think, true, "", "<think>why</think>")]
    [InlineData(ReasoningOutput.Think, false, Abort, "<think>why")]
    [InlineData(ReasoningOutput.ReasoningContent, true, Abort, "")]
    internal async Task Failure_InsideTheThinking_ClosesItsTag(ReasoningOutput output, bool showsErrors, string last, string expected)
    {
        var end = Start(change: request => request with
        {
            Format = request.Format with { Reasoning = output, ShowsErrors = showsErrors },
        });
        await _first.ReadingAsync();
        await _first.GiveAsync("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"why\"}}]}\n\n");
        Action fail = last.Length > 0 ? () => _first.Give(last) : () => _first.End();
        fail();

        Assert.NotNull((await end).Failure);
        var chunks = _writer.Chunks.Select(chunk => JsonNode.Parse(chunk)!).ToList();
        Assert.Equal(expected, string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.All(chunks, chunk => Assert.Equal(("c", "r1"), ((string?)chunk["id"], (string?)chunk["model"])));
    }
}
