using System.Text.Json.Nodes;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Members around the texts that clients require, or take for an error.</summary>
public sealed class EnvelopeEditorTests
{
    private static readonly OutputFormat Text = new("r1", OutputFormat.TextCompletion, "own", 1);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("\"ok\"")]
    [InlineData("\"none\"")]
    [InlineData("\"Success\"")]
    [InlineData("0")]
    [InlineData("false")]
    public void Error_ThatReportsNone_IsNotSent(string error)
    {
        foreach (var choice in new[]
        {
            "\"choices\":" + """[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]""",
            "\"choices\":" + """[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]""",
            "\"choices\":" + """[{"index":0,"text":"a","finish_reason":"stop"}]""",
        })
        {
            foreach (var record in new[]
            {
                $$"""{"error":{{error}},{{choice}} }""",
                $$"""{ "error" : {{error}} , "id":"c1", "model":"m", {{choice}} }""",
                $$"""{"id":"c1","model":"m","error":{{error}},{{choice}} }""",
                $$"""{ {{choice}} , "error":{{error}} }""",
            })
            {
                AssertNoError(ChunkLog.Contract(), record);
                AssertNoError(Text, record);
            }
        }
    }

    [Theory]
    [InlineData("10000000000000000000000000")]
    [InlineData("1700000000123")]
    [InlineData("1700000000123.5")]
    [InlineData("-1")]
    [InlineData("true")]
    public void Created_ThatTypedClientsCannotRead_IsTheStartOfTheReply(string created)
    {
        var (log, _, whole) = BytesReply.OfAnyCut(ChunkLog.Contract(),
            $$$"""data: {"created":{{{created}}},"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}""" + "\n\n");

        Assert.All(log.Chunks.Append(whole), json => Assert.Equal(1, (long?)JsonNode.Parse(json)!["created"]));
    }

    [Fact]
    public void Error_Null_IsUnchanged()
    {
        var (log, _, _) = BytesReply.OfAnyCut(ChunkLog.Contract(),
            """data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}],"error":null}""" + "\n\n");

        Assert.All(log.Chunks, chunk => Assert.EndsWith(",\"error\":null}", chunk, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"stop"}]}""", "")]
    [InlineData("""{"choices":[{"finish_reason":"stop"}]}""", "")]
    [InlineData("""{"choices":[{}]}""", "")]
    [InlineData("""{"choices":[{"index":0,"text":null,"finish_reason":"stop"}]}""", "")]
    [InlineData("""{"choices":[{"text":null}]}""", "")]
    [InlineData("""{"choices":[{"index":0,"text":"a","logprobs":{"tokens":["a"]},"finish_reason":"stop"}]}""", "a")]
    [InlineData("""{"choices":[{"index":0,"text":["a","b"],"logprobs":{"tokens":["a"]},"finish_reason":"stop"}]}""", "ab")]
    [InlineData("""{"choices":[{"index":0,"text":4,"finish_reason":"stop"}]}""", "4")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"a"}]},"finish_reason":"stop"}]}""", "a")]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning":"t"},"reasoning":"t"}],"reasoning_details":["t"]}""", "")]
    public void Choice_OfATextCompletion_HasItsText(string record, string expected)
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(Text,
            $$"""data: {{record}}""" + "\n\n" + """data: {"choices":[{"index":0,"text":"","finish_reason":"stop"}]}""" + "\n\n");

        Assert.Null(failure);
        Assert.All(log.Chunks, chunk => Assert.NotNull((string?)JsonNode.Parse(chunk)!["choices"]![0]!["text"]));
        Assert.Equal(expected, string.Concat(log.Chunks.Select(chunk => (string?)JsonNode.Parse(chunk)!["choices"]![0]!["text"])));
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain("reasoning", chunk, StringComparison.Ordinal));
        Assert.Equal(expected, (string?)JsonNode.Parse(whole)!["choices"]![0]!["text"]);
        Assert.Equal(record.Contains("logprobs", StringComparison.Ordinal),
            JsonNode.Parse(whole)!["choices"]![0]!["logprobs"] is JsonObject);
    }

    private static void AssertNoError(OutputFormat format, string record)
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(format, $"data: {record}\n\n");
        var choice = JsonNode.Parse(whole)!["choices"]![0]!;

        Assert.Null(failure);
        Assert.Equal("a", (string?)(format.IsChat ? choice["message"]!["content"] : choice["text"]));
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain("error", chunk, StringComparison.Ordinal));
        Assert.DoesNotContain("error", whole, StringComparison.Ordinal);
    }
}
