using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Requests of the Messages API that are refused, each with the field and what it must be.</summary>
public sealed class MessagesRequestFaultTests
{
    private const string Text = """{"role":"user","content":"hi"}""";

    [Theory]
    [InlineData("{}", "`messages` is required: an array of messages.")]
    [InlineData("""{"messages":{}}""", "`messages` must be an array of messages.")]
    [InlineData("""{"messages":[]}""", "`messages` must contain at least one user message.")]
    [InlineData("""{"messages":[{"role":"system","content":"s"}]}""", "`messages` must contain at least one user message.")]
    [InlineData("""{"messages":["x"]}""", "`messages[0]` must be an object.")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "`messages[0].role` must be user, assistant or system.")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "`messages[0].role` must be user, assistant or system.")]
    [InlineData("""{"messages":[{"role":5,"content":"x"}]}""", "`messages[0].role` must be a string.")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "`messages[0].content` is required: a string or an array of content blocks.")]
    [InlineData("""{"messages":[{"role":"user","content":5}]}""", "`messages[0].content` must be a string or an array of content blocks.")]
    [InlineData("""{"messages":[{"role":"user","content":["x"]}]}""", "`messages[0].content[0]` must be an object.")]
    [InlineData("""{"messages":[{"role":"system","content":[{"type":"image"}]}]}""", "`messages[0].content[0].type` must be text.")]
    [InlineData("""{"system":5,"messages":[]}""", "`system` must be a string or an array of text blocks.")]
    public void Messages_Malformed_AreRefused(string json, string message) => AssertFault(json, message);

    [Theory]
    [InlineData("""{"type":"text"}""", "`messages[0].content[0].text` is required: a string.")]
    [InlineData("""{"type":"text","text":5}""", "`messages[0].content[0].text` must be a string.")]
    [InlineData("""{"type":"container_upload","file_id":"f"}""",
        "`messages[0].content[0].type` must be one of text, image, document, search_result and tool_result in a user message.")]
    [InlineData("""{"type":"image"}""", "`messages[0].content[0].source` is required: an object.")]
    [InlineData("""{"type":"image","source":{"type":"file","file_id":"f"}}""", "`messages[0].content[0].source.type` must be base64 or url.")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"x"}}""",
        "`messages[0].content[0].source.type` must be text or content: documents in other forms are not supported.")]
    [InlineData("""{"type":"search_result","source":"s","content":5}""",
        "`messages[0].content[0].content` must be a string or an array of text blocks.")]
    [InlineData("""{"type":"search_result","source":"s"}""",
        "`messages[0].content[0].content` is required: a string or an array of text blocks.")]
    [InlineData("""{"type":"search_result","source":"s","content":[{"type":"image"}]}""",
        "`messages[0].content[0].content[0].type` must be text.")]
    [InlineData("""{"type":"tool_result","content":"x"}""", "`messages[0].content[0].tool_use_id` is required: a string.")]
    [InlineData("""{"type":"tool_result","tool_use_id":"c","content":{}}""",
        "`messages[0].content[0].content` must be a string or an array of content blocks.")]
    [InlineData("""{"type":"tool_result","tool_use_id":"c","content":[{"type":"tool_use"}]}""",
        "`messages[0].content[0].content[0].type` must be one of text, image, document, search_result and tool_reference in a tool result.")]
    public void Block_OfAUser_IsRefused(string block, string message) =>
        AssertFault($$"""{"messages":[{"role":"user","content":[{{block}}]}]}""", message);

    [Theory]
    [InlineData("""{"type":"tool_use","id":"c","name":"f","input":"x"}""", "`messages[1].content[0].input` must be an object.")]
    [InlineData("""{"type":"tool_use","name":"f"}""", "`messages[1].content[0].id` is required: a string.")]
    [InlineData("""{"type":"image"}""",
        "`messages[1].content[0].type` must be one of text, thinking, redacted_thinking and tool_use in an assistant message.")]
    [InlineData("""{"type":"tool_use","id":"c","name":"f","input":{}}""",
        "`messages` must not end with a tool_use block: its tool_result must follow.")]
    [InlineData("""{"type":"text","text":"Sure:"}""",
        "`messages` must end with a user message: this model does not support continuing an assistant message (prefill).")]
    public void Block_OfAnAssistant_IsRefused(string block, string message) =>
        AssertFault($$"""{"messages":[{{Text}},{"role":"assistant","content":[{{block}}]}]}""", message);

    [Theory]
    [InlineData("", "`max_tokens` is required: an integer of at least 1.", false)]
    [InlineData("\"max_tokens\":0", "`max_tokens` must be an integer of at least 1.", false)]
    [InlineData("\"max_tokens\":\"5\"", "`max_tokens` must be an integer of at least 1.", false)]
    [InlineData("\"stream\":1", "`stream` must be true or false.")]
    [InlineData("\"temperature\":\"1\"", "`temperature` must be a number.")]
    [InlineData("\"stop_sequences\":\"x\"", "`stop_sequences` must be an array of strings.")]
    [InlineData("\"stop_sequences\":[1]", "`stop_sequences` must be an array of strings.")]
    [InlineData("\"thinking\":true", "`thinking` must be an object.")]
    [InlineData("\"thinking\":{\"type\":\"on\"}", "`thinking.type` must be one of enabled, disabled and adaptive.")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":\"x\"}", "`thinking.budget_tokens` must be an integer of at least 1.")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":0}", "`thinking.budget_tokens` must be an integer of at least 1.")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\",\"display\":\"all\"}", "`thinking.display` must be summarized or omitted.")]
    [InlineData("\"output_config\":[]", "`output_config` must be an object.")]
    [InlineData("\"output_config\":{\"effort\":\"most\"}", "`output_config.effort` must be one of low, medium, high, xhigh and max.")]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"json\"}}",
        "`output_config.format` must be {\"type\":\"json_schema\",\"schema\":{…}}.")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\"}", "`output_format` must be {\"type\":\"json_schema\",\"schema\":{…}}.")]
    [InlineData("\"tools\":{}", "`tools` must be an array of tools.")]
    [InlineData("\"tools\":[1]", "`tools[0]` must be an object.")]
    [InlineData("\"tools\":[{\"input_schema\":{}}]", "`tools[0].name` is required: a string.")]
    [InlineData("\"tools\":[{\"name\":\"f\"}]", "`tools[0].input_schema` is required: an object.")]
    [InlineData("\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"w\"}]",
        "`tools[0].type` is web_search_20250305: it must be custom, or begin with bash_, text_editor_ or memory_. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"type\":\"web_fetch_20250910\",\"name\":\"w\"}]",
        "`tools[0].type` is web_fetch_20250910: it must be custom, or begin with bash_, text_editor_ or memory_. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"type\":\"code_execution_20250825\",\"name\":\"w\"}]",
        "`tools[0].type` is code_execution_20250825: it must be custom, or begin with bash_, text_editor_ or memory_. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":\"auto\"", "`tool_choice` must be an object.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"all\"}",
        "`tool_choice.type` must be one of auto, any, tool and none.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":\"no\"}",
        "`tool_choice.disable_parallel_tool_use` must be true or false.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"tool\"}", "`tool_choice.name` is required: a string.")]
    [InlineData("\"tools\":[{\"name\":\"\",\"input_schema\":{}}]", "`tools[0].name` must not be empty.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}},{\"name\":\"\\u0066\",\"input_schema\":{},\"defer_loading\":true}]",
        "`tools[1].name` is the name of two tools: f.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"tool\",\"name\":\"g\"}",
        "`tool_choice.name` is not the name of a tool of this request.")]
    [InlineData("\"tools\":[],\"tool_choice\":{\"type\":\"any\"}",
        "`tool_choice.type` requires the call of a tool, but the request has no tools.")]
    public void Field_Malformed_IsRefused(string members, string message, bool isLimited = true) => AssertFault(
        $$"""{"messages":[{{Text}}]{{(isLimited ? ",\"max_tokens\":5" : "")}}{{(members.Length > 0 ? "," + members : "")}}}""", message);

    private static void AssertFault(string json, string message)
    {
        var error = Assert.Throws<InvalidRequestException>(() => MessagesRequestTests.Chat(json, new Model("r1", [], ""))).Error;

        Assert.Equal((400, message), (error.Status, error.Message));
    }
}
