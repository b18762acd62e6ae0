using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>The fields <c>thinking</c> and <c>output_config</c> of the Messages API as fields of a chat completion request.</summary>
public sealed class MessagesOptionsTests
{
    private const string User = """{"role":"user","content":"hi"}""";

    [Fact]
    public void Format_UnderItsEarlierName_IsTranslated() => Assert.Equal(
        """{"name":"output","strict":true,"schema":{"type":"array"}}""",
        MessagesRequestTests.Chat($$"""
            {"max_tokens":5,"messages":[{{User}}],"output_config":{"effort":"low"},"output_format":{"type":"json_schema","schema":{"type":"array"} } }
            """)["response_format"]!["json_schema"]!.ToJsonString());

    [Theory, Trait("reported", "M36")]
    [InlineData("max", ReasoningEffort.Max, "max")]
    [InlineData("max", ReasoningEffort.XHigh, "xhigh")]
    [InlineData("xhigh", ReasoningEffort.Max, "xhigh")]
    [InlineData("high", ReasoningEffort.Max, "high")]
    [InlineData("low", ReasoningEffort.Off, null)]
    [InlineData("max", ReasoningEffort.Off, null)]
    internal void Effort_IsAtMostTheModels(string effort, ReasoningEffort maximum, string? expected) => Assert.Equal(
        expected, (string?)MessagesRequestTests.Chat(
            $$"""{"max_tokens":5,"messages":[{{User}}],"output_config":{"effort":"{{effort}}"} }""",
            new Model("r1", [], "") { MaxEffort = maximum })["reasoning_effort"]);

    /// <summary>Clients send new names before a server knows them.</summary>
    [Theory]
    [InlineData(""" "thinking":{"type":"sometimes","display":"updates"} """, null)]
    [InlineData(""" "thinking":{"block_binding":{"prefix_mismatch_behavior":"drop_block"} } """, null)]
    [InlineData(""" "thinking":{"type":"between_tools"} """, """{"enable_thinking":false,"thinking":false}""")]
    [InlineData(""" "thinking":{"type":"enabled","display":"updates"} """, """{"enable_thinking":true,"thinking":true}""")]
    [InlineData(""" "output_config":{"effort":"ultra"} """, null)]
    public void NewName_OfAnOptionalField_HasNoEffect(string members, string? arguments)
    {
        var request = MessagesRequestTests.Request($$"""{"max_tokens":5,"messages":[{{User}}],{{members}}}""", new Model("r1", [], ""));

        var chat = JsonNode.Parse(request.ToChat().Span)!;
        Assert.Equal(arguments, chat["chat_template_kwargs"]?.ToJsonString());
        Assert.Null(chat["reasoning_effort"]);
        Assert.False(request.OmitsThinking);
    }

    /// <summary>vLLM refuses every argument of the chat template for models with a tokenizer of Mistral.</summary>
    [Theory, Trait("reported", "M35")]
    [InlineData("disabled", "", null)]
    [InlineData("enabled", "", null)]
    [InlineData("between_tools", "thinking", """{"thinking":false}""")]
    [InlineData("enabled", "enable_thinking", """{"enable_thinking":true}""")]
    public void Arguments_OfTheThinking_AreThoseOfTheModel(string type, string arguments, string? expected)
    {
        var request = MessagesRequestTests.Request(
            $$"""{"max_tokens":5,"messages":[{{User}}],"thinking":{"type":"{{type}}"} }""",
            new Model("r1", [], "") { ThinkingArguments = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) });

        Assert.All([request.ToChat(), request.ToCount()], chat =>
            Assert.Equal(expected, JsonNode.Parse(chat.Span)!["chat_template_kwargs"]?.ToJsonString()));
    }

    [Theory]
    [InlineData("""{"type":"enabled","budget_tokens":2048}""", "thinking_token_budget", 2048)]
    [InlineData("""{"type":"enabled","budget_tokens":2048}""", null, null)]
    [InlineData("""{"type":"enabled"}""", "thinking_token_budget", null)]
    [InlineData("""{"type":"adaptive","budget_tokens":2048}""", "thinking_token_budget", null)]
    public void Budget_OfTheThinking_IsSentToAModelThatHasOne(string thinking, string? member, int? expected)
    {
        var request = MessagesRequestTests.Request(
            $$"""{"max_tokens":5,"messages":[{{User}}],"thinking":{{thinking}}}""", new Model("r1", [], "") { ThinkingBudget = member });

        Assert.Equal(expected, (int?)JsonNode.Parse(request.ToChat().Span)!["thinking_token_budget"]);
        Assert.DoesNotContain("2048", Encoding.UTF8.GetString(request.ToCount().Span), StringComparison.Ordinal);
    }
}
