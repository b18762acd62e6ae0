using System.Text.Json.Nodes;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class ChunkVariantsTests
{
    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", "", "ab")]
    [InlineData("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"why"}]},{"type":"text","text":"a"}]}""", "why", "a")]
    [InlineData("""{"content":{"type":"text","text":"a"}}""", "", "a")]
    [InlineData("""{"content":7}""", "", "7")]
    [InlineData("""{"reasoning_content":[{"type":"text","text":"why"},"so"]}""", "whyso", "")]
    [InlineData("""{"reasoning":{"content":"why"},"content":"a"}""", "why", "a")]
    [InlineData("""{"reasoning_content":{"text":""},"content":null}""", "", "")]
    [InlineData("""{"reasoning":[],"content":"a"}""", "", "a")]
    [InlineData("""{"reasoning_content":false,"content":true}""", "", "")]
    [InlineData("""{"content":"a","refusal":false,"function_call":true}""", "", "a")]
    [InlineData("""{"content":"a","function_call":"x"}""", "", "a")]
    [InlineData("""{"content":"a","function_call":{}}""", "", "a")]
    [InlineData("""{"content":"a","function_call":{"name":"","arguments":""}}""", "", "a")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"a"}]}""", "", "a")]
    [InlineData("""{"content":"x","content":"a"}""", "", "a")]
    [InlineData("""{"reasoning":"x","content":"a","reasoning":"why"}""", "why", "a")]
    [InlineData("""{"role":1,"content":"a","role":"assistant"}""", "", "a")]
    public void Texts_OfParts_AreTexts(string delta, string thinking, string content)
    {
        var (log, translation) = ChunkLog.Run(ChunkLog.Contract(),
            $$"""{"choices":[{"index":0,"delta":{{delta}},"finish_reason":"stop"}]}""");

        Assert.Null(translation.Failure);
        Assert.Equal((thinking, content), (log.Text("reasoning_content"), log.Text("content")));
        var reply = RecordedReply.OfCompletion(TranslatedReply.Aggregate(log.Chunks));
        Assert.Equal((thinking, content), (reply.Thinking, reply.Text));
        Assert.Empty(reply.Calls);
    }

    /// <summary>A refusal comes once, also if the server sends it as a part of the content and as a member.</summary>
    [Theory]
    [InlineData("""{"content":[{"type":"refusal","refusal":"No"}],"refusal":"No"}""", "", "No")]
    [InlineData("""{"refusal":"No","content":[{"type":"refusal","refusal":"No"}]}""", "", "No")]
    [InlineData("""{"content":{"type":"refusal","refusal":"No"},"refusal":[{"type":"refusal","refusal":"No"}]}""", "", "No")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"No"}],"refusal":"No"}""", "a", "No")]
    [InlineData("""{"content":[{"content":[{"type":"refusal","refusal":"No"}]}],"refusal":"No"}""", "", "No")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"No"}],"refusal":""}""", "No", "")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"No"}],"refusal":null}""", "No", "")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"No"}],"refusal":[]}""", "No", "")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"No","text":"No"}]}""", "No", "")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"No","text":""}]}""", "No", "")]
    public void Refusal_AsPartAndMember_ComesOnce(string delta, string content, string refusal)
    {
        foreach (var member in (string[])["delta", "message"])
        {
            var record = $$"""{"id":"c","choices":[{"index":0,"{{member}}":{{delta}},"finish_reason":"stop"}]}""";
            var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), $"data: {record}\n\ndata: [DONE]\n\n");

            Assert.Null(failure);
            Assert.Equal((content, refusal), (log.Text("content"), log.Text("refusal")));
        }
    }

    [Theory]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("\"\"")]
    public void Logprobs_WithoutAny_AreNull(string logprobs)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(),
            $$"""{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{{logprobs}},"finish_reason":"stop"}]}""");

        Assert.Null(JsonNode.Parse(Assert.Single(log.Chunks))!["choices"]![0]!["logprobs"]);
    }

    /// <summary>Kimi's last chunk has the usage in the choice. A usage beside the choices is the server's last word.</summary>
    [Theory]
    [InlineData("", 7, 5)]
    [InlineData(""" "usage":null,""", 7, 5)]
    [InlineData(""" "usage":{"prompt_tokens":9,"completion_tokens":8,"total_tokens":17},""", 9, 8)]
    public async Task Usage_OfAChoice_IsThatOfTheReply(string top, int input, int output)
    {
        string[] records =
        [
            """{"id":"r1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""",
            $$$"""{"id":"r1",{{{top}}}"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}]}""",
        ];
        var (log, translation) = ChunkLog.Run(ChunkLog.Contract(), records);

        Assert.True(translation.IsComplete);
        Assert.Equal((input, output), (translation.Usage!.Value.Prompt, translation.Usage.Value.Completion));
        var last = JsonNode.Parse(log.Chunks[^1])!;
        Assert.Equal(("stop", null), ((string?)last["choices"]![0]!["finish_reason"], last["choices"]![0]!["usage"]));
        Assert.Equal(output, (int?)last["usage"]!["completion_tokens"]);
        var reply = RecordedReply.OfCompletion(TranslatedReply.Aggregate(log.Chunks));
        Assert.Equal(("Hi", "stop", input, output), (reply.Text, reply.Finish, reply.Input, reply.Output));
        foreach (var api in RecordedReply.Apis)
        {
            Assert.Equal(reply, await RecordedReply.ReadAsync(api, log.Chunks));
        }
    }

    [Fact]
    public void Usage_AfterThatOfAChoice_Wins()
    {
        var (log, translation) = ChunkLog.Run(ChunkLog.Contract(),
            """{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop","usage":{"prompt_tokens":7,"completion_tokens":5}}]}""",
            """{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":8}}""");

        Assert.Equal((9, 8), (translation.Usage!.Value.Prompt, translation.Usage.Value.Completion));
        Assert.Equal(8, (int?)TranslatedReply.Aggregate(log.Chunks)["usage"]!["completion_tokens"]);
    }
}
