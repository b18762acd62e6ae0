using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Streaming;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Thinking that the client omits: its signature carries it to the next turn.</summary>
public sealed class OmittedThinkingTests
{
    private static readonly string[] Records = [Thinking("t\\u00e4\\n"), Thinking("u\\ud83d\\ude00"), Text("x"), Thinking("v"), Stop];

    [Fact]
    public void Blocks_HaveOnlyASignature_ThatTheModelReads()
    {
        var output = new ByteBuffer(1024);
        var events = new MessageEvents(CreateHead(), output);
        Write(events, Records, events.End);
        var stream = MessageReading.Of(Encoding.UTF8.GetString(output.Span)).Message!;
        var content = new MessageContent(CreateHead());
        Write(content, Records, content.End);
        var whole = JsonNode.Parse(content.Json.Span)!.AsObject();

        Assert.True(JsonNode.DeepEquals(stream, whole), $"{stream} differs from {whole}.");
        Assert.Equal(["", null, ""], whole["content"]!.AsArray().Select(block => (string?)block!["thinking"]));
        Assert.DoesNotContain("thinking_delta", Encoding.UTF8.GetString(output.Span), StringComparison.Ordinal);
        var next = new JsonObject
        {
            ["max_tokens"] = 5,
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "assistant", ["content"] = whole["content"]!.DeepClone() },
                new JsonObject { ["role"] = "user", ["content"] = "y" }),
        };
        Assert.Equal("tä\nu😀\n\nv", (string?)MessagesRequestTests.Chat(next.ToJsonString())["messages"]![0]!["reasoning_content"]);
    }

    [Fact]
    public void Thinking_AboveTheCap_HasAConstantSignature()
    {
        var content = new MessageContent(CreateHead());
        Write(content, [.. Enumerable.Repeat(Thinking(new string('x', 300_000)), 4), Stop], content.End);

        Assert.Equal("bm90IHNpZ25lZA==", (string?)JsonNode.Parse(content.Json.Span)!["content"]![0]!["signature"]);
    }

    [Theory]
    [InlineData("bm90IHNpZ25lZA==")]
    [InlineData("EqQBCgIYAhIM")]
    [InlineData("lambdachat-thinking-1.?")]
    public void Signature_OfAnotherServer_HasNoThinking(string signature) => Assert.Null(
        MessagesRequestTests.Chat(
            $$"""
            {"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"{{signature}}"},{"type":"text","text":"x"}]},{"role":"user","content":"y"}]}
            """)["messages"]![0]!["reasoning_content"]);

    [Theory]
    [InlineData(""", "display":"omitted" """, true)]
    [InlineData(""", "display":"summarized" """, false)]
    [InlineData(""", "display":null """, false)]
    [InlineData("", false)]
    public void Display_OfTheRequest_IsRead(string member, bool isOmitted) => Assert.Equal(
        isOmitted, MessagesRequestTests.Request(
            $$"""{"max_tokens":5,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"adaptive"{{member}}} }""",
            new LambdaChat.Models.Model("r1", [], "")).OmitsThinking);

    private static MessageHead CreateHead() =>
        new("msg_req-1", "r1", new ToolCallIds()) { Thinking = new MessageThinking(isOmitted: true) };

    private static void Write(LambdaChat.Api.Replies.Blocks.IBlockOutput output, string[] records, Action<MessageState> end)
    {
        var state = new MessageState(output, []);
        Assert.All(Normalized(records), chunk => Assert.True(state.Add(Encoding.UTF8.GetBytes(chunk))));
        state.End();
        end(state);
    }
}
