using System.Text.Json.Nodes;
using LambdaChat.Models;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Members in which servers and gateways repeat the thinking. SECRET is the thinking, and A the answer.</summary>
public sealed class HiddenThinkingTests
{
    private const string Tokens =
        """
        {"content":[{"token":"SECRET","logprob":-1,"bytes":null,"top_logprobs":[]},{"token":"</think>","logprob":-1},{"token":"A","logprob":-1,"bytes":[65]},{"token":"<|im_end|>","logprob":-1}]}
        """;

    public static TheoryData<string> Deltas { get; } =
    [
        """{"content":"A","reasoning":"SECRET","reasoning_details":[{"type":"reasoning.text","text":"SECRET","index":0}]}""",
        """{"content":"A","reasoning_content":"SECRET","thinking_blocks":[{"type":"thinking","thinking":"SECRET"}]}""",
        """{"reasoning_content":"SECRET","content":"A","provider_specific_fields":{"thinking_blocks":[{"thinking":"SECRET"}],"x":1}}""",
        """{"content":"A","psf":{"reasoning_content":"SECRET","blocks":[{"type":"thinking","text":"SECRET"},{"type":"text","text":"A"}]}}""",
        """{"content":"A","thinking":"SECRET"}""",
        """{"thinking":"SECRET","content":"A","reasoning_content":"SECRET"}""",
        """{"thinking":"SECRET","reasoning":"SECRET","reasoning_content":"SECRET","content":"A"}""",
        """{"thinking":"SECRET","reasoning":null,"reasoning_content":null,"content":"A"}""",
        """{"reasoning_text":"SECRET","reasoning_opaque":"SECRET","content":"A"}""",
        """{"thinking":{"text":"SECRET"},"content":"A"}""",
        """{"content":"A","reasoningContent":"SECRET","thoughts":["SECRET"],"chain_of_thought":"SECRET"}""",
        """{"content":"A","extra":{"parts":[{"thought":true,"text":"SECRET"},{"text":"A"}]}}""",
        """{"content":[{"type":"reasoning","text":"SECRET"},{"type":"text","text":"A"}]}""",
        """{"content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"SECRET"}]},{"type":"text","text":"A"}]}""",
        """{"content":[{"thought":true,"text":"SECRET"},{"text":"A"}]}""",
        """{"content":"<think>SECRET</think>A","reasoning_details":[{"text":"SECRET"}]}""",
    ];

    [Theory]
    [MemberData(nameof(Deltas))]
    public void Hidden_AnyMemberWithThinking_IsNotSent(string delta)
    {
        foreach (var place in new[] { "delta", "message" })
        {
            AssertHidden($$"""{"choices":[{"index":0,"{{place}}":{{delta}},"finish_reason":"stop"}]}""");
        }
    }

    [Theory]
    [InlineData(""","token_ids":[1,2]}],"prompt_token_ids":[3]""", "[1,2]")]
    [InlineData(""","reasoning":"SECRET"}],"reasoning_details":["SECRET"]""", "SECRET")]
    [InlineData("""}],"__verbose":{"content":"SECRET"}""", "SECRET")]
    [InlineData(""","x":{"type":"thinking","text":"SECRET"}}]""", "SECRET")]
    public void Hidden_MembersAroundTheDelta_AreNotSent(string rest, string hidden)
    {
        foreach (var place in new[] { "delta", "message" })
        {
            AssertHidden(
                $$"""{"choices":[{"index":0,"{{place}}":{"reasoning":"SECRET","content":"A"},"finish_reason":"stop"{{rest}}}""", hidden);
        }
    }

    [Theory]
    [InlineData("""{"reasoning_content":"SECRET","content":"A"}""")]
    [InlineData("""{"content":"<think>SECRET</think>A"}""")]
    public void Hidden_LogprobsOfThinkingAndAnswer_AreThoseOfTheAnswer(string delta)
    {
        var tokens = delta.Contains("<think>", StringComparison.Ordinal)
            ? Tokens.Replace("[{\"token\":\"SECRET\"", "[{\"token\":\"<think>\"},{\"token\":\"SECRET\"", StringComparison.Ordinal)
            : Tokens;
        foreach (var place in new[] { "delta", "message" })
        {
            var whole = AssertHidden(
                $$"""{"choices":[{"index":0,"{{place}}":{{delta}},"logprobs":{{tokens}},"finish_reason":"stop"}]}""");

            Assert.Equal(["A", "<|im_end|>"],
                whole["choices"]![0]!["logprobs"]!["content"]!.AsArray().Select(token => (string)token!["token"]!));
        }
    }

    [Theory]
    [InlineData("""{"reasoning_content":"SECRET","content":"B"}""", Tokens)]
    [InlineData("""{"reasoning_content":"SECRET"}""", Tokens)]
    [InlineData("""{"content":"<think>SECRET"}""", Tokens)]
    [InlineData("""{"reasoning_content":"SECRET","content":"A"}""", """{"tokens":["SECRET","A"],"token_logprobs":[-1,-1]}""")]
    [InlineData("""{"reasoning_content":"SECRET","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}""", Tokens)]
    public void Hidden_LogprobsWithoutTokensOfTheAnswer_AreNotSent(string delta, string logprobs)
    {
        foreach (var place in new[] { "delta", "message" })
        {
            var whole = AssertHidden(
                $$"""{"choices":[{"index":0,"{{place}}":{{delta}},"logprobs":{{logprobs}},"finish_reason":"stop"}]}""", hasAnswer: false);

            Assert.Null(whole["choices"]![0]!["logprobs"]);
        }
    }

    [Fact]
    public void Hidden_MembersOfTheAnswer_AreKept()
    {
        var whole = AssertHidden(
            """{"choices":[{"index":0,"delta":{"reasoning":"SECRET","content":"A thinking thought","x":{"y":"my reasoning"},"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"thought\":1}"}}]},"finish_reason":"stop"}],"usage":{"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":1}}}""");

        var message = whole["choices"]![0]!["message"]!;
        Assert.Equal("my reasoning", (string?)message["x"]!["y"]);
        Assert.Equal("{\"thought\":1}", (string?)message["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal(1, (int?)whole["usage"]!["completion_tokens_details"]!["reasoning_tokens"]);
    }

    [Theory]
    [InlineData("""{"thinking":"t"}""")]
    [InlineData("""{"reasoning_text":"t"}""")]
    [InlineData("""{"thinking":"t","reasoning":null}""")]
    [InlineData("""{"thinking":"t","reasoning_content":""}""")]
    [InlineData("""{"thinking":"t","reasoning":"","reasoning_content":null}""")]
    [InlineData("""{"thinking":"t","reasoning":"t"}""")]
    [InlineData("""{"reasoning_content":"t","thinking":"t","reasoning":"t"}""")]
    public void Thinking_UnderAnyName_IsSentOnceInTheFormOfTheClient(string delta)
    {
        foreach (var other in new[] { "", ",\"content\":\"A\"", ",\"content\":\"A\",\"role\":\"assistant\"" })
        {
            var bytes = $$"""data: {"choices":[{"index":0,"delta":{{delta[..^1] + other}} } }]}""" + "\n\n"
                + """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
            var answer = other.Length > 0 ? "A" : "";

            AssertTexts(ReasoningOutput.ReasoningContent, bytes, "t", "", answer);
            AssertTexts(ReasoningOutput.Reasoning, bytes, "", "t", answer);
            AssertTexts(ReasoningOutput.Both, bytes, "t", "t", answer);
            AssertTexts(ReasoningOutput.Think, bytes, "", "", "<think>t</think>" + answer);
            AssertTexts(ReasoningOutput.Hidden, bytes, "", "", answer);
        }
    }

    private static void AssertTexts(ReasoningOutput form, string bytes, string reasoningContent, string reasoning, string content)
    {
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(form), bytes);

        Assert.Null(failure);
        Assert.Equal((reasoningContent, reasoning, content),
            (log.Text("reasoning_content"), log.Text("reasoning"), log.Text("content")));
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain("\"t\",\"thinking\"", chunk, StringComparison.Ordinal));
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain("\"thinking\":\"t\"", chunk, StringComparison.Ordinal));
    }

    // Returns the reply as one completion.
    private static JsonNode AssertHidden(string record, string hidden = "SECRET", bool hasAnswer = true)
    {
        var (log, failure, whole) = BytesReply.OfAnyCut(ChunkLog.Contract(ReasoningOutput.Hidden), $"data: {record}\n\n");

        Assert.Null(failure);
        Assert.All(log.Chunks, chunk => Assert.DoesNotContain(hidden, chunk, StringComparison.Ordinal));
        Assert.DoesNotContain(hidden, whole, StringComparison.Ordinal);
        if (hasAnswer)
        {
            Assert.StartsWith("A", log.Text("content"), StringComparison.Ordinal);
        }

        return JsonNode.Parse(whole)!;
    }
}
