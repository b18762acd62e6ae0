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
    internal async Task Failure_InsideTheThinking_ClosesTheTagOfEachChoice(
        ReasoningOutput output, bool showsErrors, string last, string expected)
    {
        var end = Start(change: request => request with
        {
            Format = request.Format with { Reasoning = output, ShowsErrors = showsErrors, Choices = 2 },
        });
        await _first.ReadingAsync();
        foreach (var index in (int[])[0, 1])
        {
            await _first.GiveAsync($$"""data: {"id":"c","choices":[{"index":{{index}},"delta":{"reasoning":"why"} }]}""" + "\n\n");
        }

        Action fail = last.Length > 0 ? () => _first.Give(last) : () => _first.End();
        fail();

        Assert.NotNull((await end).Failure);
        var chunks = _writer.Chunks.Select(chunk => JsonNode.Parse(chunk)!).ToList();
        foreach (var index in (int[])[0, 1])
        {
            var choices = chunks.Select(chunk => chunk["choices"]![0]!).Where(choice => (int?)choice["index"] == index);
            Assert.Equal(expected, string.Concat(choices.Select(choice => (string?)choice["delta"]!["content"])));
        }

        Assert.All(chunks, chunk => Assert.Equal(("c", "r1"), ((string?)chunk["id"], (string?)chunk["model"])));
    }
}
