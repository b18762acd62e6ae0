using System.Text.Json.Nodes;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class ChatChunksAsTextTests
{
    private static readonly OutputFormat Text = new("r1", OutputFormat.TextCompletion, "own", 1);

    [Theory]
    [InlineData("a你\n",
        """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"logprobs":{"content":[]}}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{"content":"a你"},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"t","content":"\n"},"finish_reason":"stop"}],"usage":null}""")]
    [InlineData("ab", """{"choices":[{"index":0,"message":{"role":"assistant","content":"ab"},"finish_reason":"stop"}]}""")]
    [InlineData("ab", """{"token":{"text":"a"}}""", """{"token":{"text":"b"},"generated_text":"ab","details":{"finish_reason":"length"}}""")]
    [InlineData("ab", """{"generated_text":"ab"}""")]
    [InlineData("ab", """{"choices":[{"index":0,"text":"a","finish_reason":null}]}""",
        """{"choices":[{"index":0,"text":"b","finish_reason":"stop"}]}""")]
    public void Records_OfATextCompletion_BecomeItsText(string expected, params string[] records)
    {
        var (log, editor) = ChunkLog.Run(Text, records);

        var choices = log.Chunks.Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!).ToList();
        Assert.Equal(expected, string.Concat(choices.Select(choice => (string?)choice["text"])));
        Assert.All(choices, choice => Assert.Null(choice["delta"]));
        Assert.True(editor.IsComplete);
    }
}
