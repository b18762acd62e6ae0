using System.Text.Json.Nodes;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class TokenStreamRecordsTests
{
    [Theory]
    [InlineData("""{"token":{"id":304,"text":"Deep ","log_prob":-0.05}}""", "Deep ", null)]
    [InlineData(
        """{"index":1,"token":{"id":1,"text":"a\n\"\u4f60","logprob":-1.5,"special":false},"generated_text":null,"details":null}""",
            "a\n\"你", null)]
    [InlineData("""{"token":{"special":true,"text":"</s>"},"generated_text":"x","details":{"finish_reason":"eos_token"}}""", "", "stop")]
    [InlineData("""{"token":{"text":"<|im_end|>","special_token":true}}""", "", null)]
    [InlineData("""{"token":{"id":2,"text":""},"generated_text":"x","details":{"finish_reason":"eos_token","generated_tokens":5}}""", "",
        "stop")]
    [InlineData(
        """{"token":{"text":"x"},"details":{"inputs":null,"prefill":[{"finish_reason":"length"}],"finish_reason":"stop_sequence"}}""", "x",
            "stop")]
    [InlineData("""{"token":{"text":"x"},"details":{"finish_reason":"length"}}""", "x", "length")]
    [InlineData("""{"token":{"text":"x"},"details":{"finish_reason":null}}""", "x", null)]
    [InlineData("""{"token":{"text":"x"},"details":{}}""", "x", null)]
    [InlineData("""{"token":{"text":null},"details":{"finish_reason":"stop"}}""", "", "stop")]
    [InlineData("""{"token":{"x":{"text":"inside","special":true},"text":"x"}}""", "x", null)]
    [InlineData("""{"token":null,"generated_text":"x","details":{"finish_reason":"length"}}""", "", "length")]
    public void Line_OfLmiOrTgi_BecomesAChunk(string record, string text, string? finish)
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(), record);

        Assert.Equal(text, log.Text("content"));
        Assert.Equal(finish, (string?)JsonNode.Parse(Assert.Single(log.Chunks))!["choices"]![0]!["finish_reason"]);
        Assert.Equal(finish is not null, editor.IsComplete);
    }

    [Fact]
    public void Lines_WithThinkTags_AreSeparated()
    {
        string[] lines = ["<think>", "t", "\n</th", "ink>", "\n\n", "a"];
        var (log,
            _) = ChunkLog.Run(ChunkLog.Contract(),
                lines.Select(text => new JsonObject { ["token"] = new JsonObject { ["text"] = text } }.ToJsonString()));

        Assert.Equal(("t", "\n\na"), (log.Text("reasoning_content"), log.Text("content")));
    }
}
