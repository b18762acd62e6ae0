using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Relay.Chunks;
using static LambdaChat.Tests.Api.Responses.ResponseReplyTests;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>The logprobs of an output text are those of its tokens, streaming and non-streaming.</summary>
public sealed class ResponseLogprobsTests
{
    /// <summary>A document has the logprobs of its thinking, too. The output text has those of its own tokens.</summary>
    [Fact]
    public async Task Logprobs_OfADocumentWithThinking_AreThoseOfTheText()
    {
        var document = "{\"choices\":[{\"message\":{\"reasoning_content\":\"hm\",\"content\":\"\\n\\nHi\"},\"finish_reason\":\"stop\","
            + Logprobs("<think>", "hm", "</think>", "\\n\\n", "Hi", "<|im_end|>") + "}]}";

        Assert.Equal(["\n\n", "Hi", "<|im_end|>"], await ReadTokensAsync(document));
        var chat = TranslatedReply.Aggregate(ChunkLog.Run(ChunkLog.Contract(), document).Log.Chunks);
        Assert.Equal(
            ["<think>", "hm", "</think>", "\n\n", "Hi", "<|im_end|>"],
            chat["choices"]![0]!["logprobs"]!["content"]!.AsArray().Select(item => (string?)item!["token"]));
    }

    /// <summary>The relay holds white space. Its logprobs stay with it.</summary>
    [Fact]
    public async Task Logprobs_OfWhiteSpaceThatIsHeld_AreThoseOfTheText()
    {
        static string Piece(string member, string text) => $"{{\"choices\":[{{\"delta\":{{\"{member}\":\"{text}\"}},{Logprobs(text)}}}]}}";

        Assert.Equal(["\n\n", "\n", "Hi"], await ReadTokensAsync(
            Piece("reasoning_content", "hm"), Piece("content", "\\n\\n"), Piece("content", "\\n"), Piece("content", "Hi"), Stop));
        Assert.Equal(["\n", "Hi", "!"], await ReadTokensAsync(Piece("content", "\\n"), Piece("content", "Hi"), Piece("content", "!"), Stop));
        Assert.Equal(["Hi"], await ReadTokensAsync(
            Piece("content", "<think>"), Piece("content", "hm"), Piece("content", "</think>"), Piece("content", "Hi"), Stop));
        Assert.Equal(["Hi"], await ReadTokensAsync(
            Piece("reasoning_content", "hm"), Piece("reasoning_content", "\\n"), Piece("content", "Hi"), Stop));
    }

    /// <summary>Elements that are no objects are not read, and do not damage the event.</summary>
    [Theory]
    [InlineData("[null]")]
    [InlineData("[[{}],1]")]
    public async Task Logprobs_ThatAreNoObjects_AreUnchanged(string tokens)
    {
        var chunk = $$$"""{"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":{"content":{{{tokens}}},"refusal":null}}]}""";

        var (response, _) = await ResponseReply.ReadAsync([chunk, Stop], """{"input":"hi","top_logprobs":2}""");

        Assert.Equal(tokens, response["output"]![0]!["content"]![0]!["logprobs"]!.ToJsonString());
    }

    private static async Task<IEnumerable<string?>> ReadTokensAsync(params string[] records)
    {
        var (response, _) = await ResponseReply.ReadAsync(
            ChunkLog.Run(ChunkLog.Contract() with { HasTools = true }, records).Log.Chunks, """{"input":"hi","top_logprobs":2}""");
        var part = response["output"]!.AsArray().Single(item => (string?)item!["type"] == "message")!["content"]![0]!;
        return part["logprobs"]!.AsArray().Select(item => (string?)item!["token"]);
    }

    private static string Logprobs(params string[] tokens) => "\"logprobs\":{\"content\":["
        + string.Join(',', tokens.Select(token => $"{{\"token\":\"{token}\",\"logprob\":-1.0,\"bytes\":null,\"top_logprobs\":[]}}")) + "]}";
}
