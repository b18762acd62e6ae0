using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>The members of system messages in the middle of a conversation, and turns without content.</summary>
public sealed class SystemMessageTests
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Temporary = """{"role":"system","clear_at":"next_user_message","content":[{"type":"text","text":"s"}]}""";

    [Theory]
    [InlineData("""{"role":"system","content":[],"output_config":{"effort":"low"} }""", "low")]
    [InlineData("""{"role":"system","content":null,"output_config":{"effort":"max"} }""", "max")]
    [InlineData("""{"role":"system","output_config":{"effort":"low"} },{"role":"user","content":"b"},{"role":"system","content":"s","output_config":{"effort":"medium"} }""", "medium")]
    [InlineData("""{"role":"system","content":"s","output_config":{"effort":null} }""", "high")]
    [InlineData("""{"role":"system","content":"s","output_config":{} }""", "high")]
    public void Effort_OfTheLastSystemMessage_CountsForTheTurnsAfterIt(string messages, string expected) => Assert.Equal(
        expected, (string?)MessagesRequestTests.Chat(
            $$"""{"max_tokens":5,"messages":[{{User}},{{messages}},{{User}}],"output_config":{"effort":"high"} }""",
            new Model("r1", [], "") { MaxEffort = ReasoningEffort.Max })["reasoning_effort"]);

    [Theory]
    [InlineData($"{User},{Temporary}", $$"""{"role":"system","content":"s"},{{User}}""")]
    [InlineData($$"""{{User}},{{Temporary}},{"role":"system","content":"t","clear_at":"never"}""", $$"""{"role":"system","content":"s\n\nt"},{{User}}""")]
    [InlineData($$"""{{User}},{{Temporary}},{"role":"assistant","content":"a"},{{User}}""", $$"""{{User}},{"role":"assistant","content":"a"},{{User}}""")]
    [InlineData($$"""{{User}},{"role":"system","content":"t","clear_at":"never"},{"role":"assistant","content":"a"},{{User}}""",
        $$"""{"role":"system","content":"t"},{{User}},{"role":"assistant","content":"a"},{{User}}""")]
    [InlineData($$"""{{User}},{"role":"system","clear_at":"next_user_message","content":"old"},{"role":"assistant","content":"a"},{{User}},{{Temporary}}""",
        $$"""{"role":"system","content":"s"},{{User}},{"role":"assistant","content":"a"},{{User}}""")]
    public void Text_UntilTheNextUserMessage_IsNotShownAfterIt(string messages, string expected) =>
        MessagesRequestTests.AssertMessages(messages, expected);

    [Fact]
    public void AssistantMessage_WithoutContent_KeepsTheTurnsApart() => MessagesRequestTests.AssertMessages(
        $$"""{{User}},{"role":"assistant","content":[]},{{User}}""", $$"""{{User}},{"role":"assistant","content":""},{{User}}""");
}
