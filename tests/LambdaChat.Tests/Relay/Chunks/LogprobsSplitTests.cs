using System.Text.Json.Nodes;
using LambdaChat.Models;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class LogprobsSplitTests
{
    [Theory]
    [InlineData("why</think>Hi", "why|</think>|Hi", "why </think>", "Hi")]
    [InlineData("why</think>Hi", "wh|y</thi|nk>Hi", "wh y</thi nk>Hi", "")]
    [InlineData("why</think>Hi", "", "", "")]
    [InlineData("你</think>好", "你|</think>|好", "你 </think>", "好")]
    public void Piece_WithATagInside_DividesItsLogprobs(string content, string tokens, string thinking, string answer)
    {
        var list = string.Join(',', tokens.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(token => $$"""{"token":"{{token}}","logprob":-0.5,"top_logprobs":[]}"""));
        foreach (var choice in (string[])
            [
                $$"""{"index":0,"delta":{"content":"{{content}}"},"logprobs":{"content":[{{list}}],"refusal":null},"finish_reason":null}""",
                $$"""{"index":0,"logprobs":{"refusal":null,"content":[ {{list}} ]},"delta":{"content":"{{content}}"},"finish_reason":null}""",
            ])
        {
            var (log, _) = ChunkLog.Run(ChunkLog.Contract(think: ThinkMode.Started), $$"""{"choices":[{{choice}}]}""");

            Assert.Equal([thinking, answer], log.Chunks.Select(Tokens));
            Assert.Equal(content, $"{log.Text("reasoning_content")}</think>{log.Text("content")}");
        }
    }

    [Fact]
    public void Piece_HeldForATag_KeepsItsLogprobs()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(),
            Chunk("<thi"),
            Chunk("nk>why"),
            Chunk("</think>"),
            Chunk("Hi"));

        Assert.Equal("<thi nk>why </think> Hi", string.Join(' ', log.Chunks.Select(Tokens)));
        Assert.Equal(("why", "Hi"), (log.Text("reasoning_content"), log.Text("content")));

        static string Chunk(string text) =>
            $$"""{"choices":[{"index":0,"delta":{"content":"{{text}}"},"logprobs":{"content":[{"token":"{{text}}"}]},"finish_reason":null}]}""";
    }

    private static string Tokens(string chunk) =>
        string.Join(' ',
            (JsonNode.Parse(chunk)!["choices"]![0]!["logprobs"]?["content"]?.AsArray() ?? []).Select(token => (string)token!["token"]!));
}
