using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Requests of the Messages API that are refused, each in the words of Anthropic's API.</summary>
public sealed class MessagesRequestFaultTests
{
    private const string Text = """{"role":"user","content":"hi"}""";

    [Theory]
    [InlineData("{}", "messages: Field required")]
    [InlineData("""{"messages":{}}""", "messages: Input should be a valid array")]
    [InlineData("""{"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"messages":[{"role":"system","content":"s"}]}""", "messages: at least one user message is required")]
    [InlineData("""{"messages":["x"]}""", "messages.0: Input should be an object")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages.0.role: Input should be 'user', 'assistant' or 'system'")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages.0.role: Field required")]
    [InlineData("""{"messages":[{"role":5,"content":"x"}]}""", "messages.0.role: Input should be a valid string")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages.0.content: Field required")]
    [InlineData("""{"messages":[{"role":"user","content":5}]}""", "messages.0.content: Input should be a valid string or array")]
    [InlineData("""{"messages":[{"role":"user","content":["x"]}]}""", "messages.0.content.0: Input should be an object")]
    [InlineData("""{"messages":[{"role":"system","content":[{"type":"image"}]}]}""",
        "messages.0.content.0: Input tag 'image' found using 'type' does not match any of the expected tags: 'text', 'tool_addition', 'tool_removal'")]
    [InlineData("""{"system":5,"messages":[]}""", "system: Input should be a valid string or array")]
    [InlineData("""{"messages":[{"role":"system","output_config":{}}]}""", "messages.0.content: Field required")]
    [InlineData("""{"messages":[{"role":"system","output_config":{"effort":1}}]}""",
        "messages.0.output_config.effort: Input should be a valid string")]
    [InlineData("""{"messages":[{"role":"system","content":"s","clear_at":1}]}""", "messages.0.clear_at: Input should be a valid string")]
    public void Messages_Malformed_AreRefused(string json, string message) => AssertFault(json, message);

    [Theory]
    [InlineData("""{"type":"text"}""", "messages.0.content.0.text.text: Field required")]
    [InlineData("""{"type":"text","text":5}""", "messages.0.content.0.text.text: Input should be a valid string")]
    [InlineData("""{"type":"container_upload","file_id":"f"}""",
        "messages.0.content.0: Input tag 'container_upload' found using 'type' does not match any of the expected tags: " +
        "'text', 'image', 'document', 'search_result', 'tool_result'")]
    [InlineData("""{"type":"image"}""", "messages.0.content.0.image.source: Field required")]
    [InlineData("""{"type":"image","source":{"type":"file","file_id":"f"}}""",
        "messages.0.content.0.image.source: Input tag 'file' found using 'type' does not match any of the expected tags: 'base64', 'url'")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"x"}}""",
        "messages.0.content.0.document.source: Input tag 'base64' found using 'type' does not match any of the expected tags: " +
        "'text', 'content'. Documents in other forms are not supported.")]
    [InlineData("""{"type":"search_result","source":"s","content":5}""",
        "messages.0.content.0.search_result.content: Input should be a valid string or array")]
    [InlineData("""{"type":"search_result","source":"s"}""",
        "messages.0.content.0.search_result.content: Field required")]
    [InlineData("""{"type":"search_result","source":"s","content":[{"type":"image"}]}""",
        "messages.0.content.0.search_result.content.0: " +
        "Input tag 'image' found using 'type' does not match any of the expected tags: 'text'")]
    [InlineData("""{"type":"tool_result","content":"x"}""", "messages.0.content.0.tool_result.tool_use_id: Field required")]
    [InlineData("""{"type":"tool_result","tool_use_id":"c","content":{}}""",
        "messages.0.content.0.tool_result.content: Input should be a valid string or array")]
    [InlineData("""{"type":"tool_result","tool_use_id":"c","content":[{"type":"tool_use"}]}""",
        "messages.0.content.0.tool_result.content.0: Input tag 'tool_use' found using 'type' does not match any of the expected tags: " +
        "'text', 'image', 'document', 'search_result', 'tool_reference'")]
    public void Block_OfAUser_IsRefused(string block, string message) =>
        AssertFault($$"""{"messages":[{"role":"user","content":[{{block}}]}]}""", message);

    [Theory]
    [InlineData("""{"type":"tool_use","id":"c","name":"f","input":"x"}""",
        "messages.1.content.0.tool_use.input: Input should be an object")]
    [InlineData("""{"type":"tool_use","name":"f"}""", "messages.1.content.0.tool_use.id: Field required")]
    [InlineData("""{"type":"image"}""",
        "messages.1.content.0: Input tag 'image' found using 'type' does not match any of the expected tags: " +
        "'text', 'thinking', 'redacted_thinking', 'tool_use'")]
    [InlineData("""{"type":"tool_use","id":"c","name":"f","input":{}}""",
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after")]
    [InlineData("""{"type":"text","text":"Sure:"}""",
        "This model does not support assistant message prefill. The conversation must end with a user message.")]
    public void Block_OfAnAssistant_IsRefused(string block, string message) =>
        AssertFault($$"""{"messages":[{{Text}},{"role":"assistant","content":[{{block}}]}]}""", message);

    [Theory]
    [InlineData("", "max_tokens: Field required", false)]
    [InlineData("\"max_tokens\":-1", "max_tokens: Input should be greater than or equal to 0", false)]
    [InlineData("\"max_tokens\":0,\"stream\":true", "max_tokens: a request with 0 tokens has no reply, and cannot be streamed", false)]
    [InlineData("\"max_tokens\":\"5\"", "max_tokens: Input should be a valid integer", false)]
    [InlineData("\"stream\":1", "stream: Input should be a valid boolean")]
    [InlineData("\"temperature\":\"1\"", "temperature: Input should be a valid number")]
    [InlineData("\"stop_sequences\":\"x\"", "stop_sequences: Input should be a valid array")]
    [InlineData("\"stop_sequences\":[1]", "stop_sequences.0: Input should be a valid string")]
    [InlineData("\"thinking\":true", "thinking: Input should be an object")]
    [InlineData("\"thinking\":{\"type\":true}", "thinking.type: Input should be a valid string")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":\"x\"}",
        "thinking.enabled.budget_tokens: Input should be a valid integer")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":0}",
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\",\"display\":1}", "thinking.adaptive.display: Input should be a valid string")]
    [InlineData("\"output_config\":[]", "output_config: Input should be an object")]
    [InlineData("\"output_config\":{\"effort\":5}", "output_config.effort: Input should be a valid string")]
    [InlineData("\"thread\":{\"type\":\"create\"}", "Threads are not supported. Send the full conversation without `thread`.")]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"json\"}}",
        "output_config.format: Input tag 'json' found using 'type' does not match any of the expected tags: 'json_schema'")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\"}", "output_format.schema: Field required")]
    [InlineData("\"tools\":{}", "tools: Input should be a valid array")]
    [InlineData("\"tools\":[1]", "tools.0: Input should be an object")]
    [InlineData("\"tools\":[{\"input_schema\":{}}]", "tools.0.custom.name: Field required")]
    [InlineData("\"tools\":[{\"name\":\"f\"}]", "tools.0.custom.input_schema: Field required")]
    [InlineData("\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"w\"}]",
        "tools.0: Input tag 'web_search_20250305' found using 'type' does not match any of the expected tags: " +
        "'custom', 'bash_*', 'text_editor_*', 'memory_*', 'computer_*'. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}},{\"type\":\"function\",\"name\":\"w\"}]",
        "tools.1: Input tag 'function' found using 'type' does not match any of the expected tags: " +
        "'custom', 'bash_*', 'text_editor_*', 'memory_*', 'computer_*'. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"type\":\"web_fetch_20250910\",\"name\":\"w\"}]",
        "tools.0: Input tag 'web_fetch_20250910' found using 'type' does not match any of the expected tags: " +
        "'custom', 'bash_*', 'text_editor_*', 'memory_*', 'computer_*'. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"type\":\"code_execution_20250825\",\"name\":\"w\"}]",
        "tools.0: Input tag 'code_execution_20250825' found using 'type' does not match any of the expected tags: " +
        "'custom', 'bash_*', 'text_editor_*', 'memory_*', 'computer_*'. No tool runs on this server.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":\"auto\"", "tool_choice: Input should be an object")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"all\"}",
        "tool_choice: Input tag 'all' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":\"no\"}",
        "tool_choice.auto.disable_parallel_tool_use: Input should be a valid boolean")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"tool\"}",
        "tool_choice.tool.name: Field required")]
    [InlineData("\"tools\":[{\"name\":\"\",\"input_schema\":{}}]", "tools.0.custom.name: String should have at least 1 character")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}},{\"name\":\"\\u0066\",\"input_schema\":{},\"defer_loading\":true}]",
        "tools: Tool names must be unique.")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"tool\",\"name\":\"g\"}",
        "Tool 'g' not found in provided tools")]
    [InlineData("\"tools\":[],\"tool_choice\":{\"type\":\"any\"}",
        "tool_choice.any may only be specified while providing tools")]
    public void Field_Malformed_IsRefused(string members, string message, bool isLimited = true) => AssertFault(
        $$"""{"messages":[{{Text}}]{{(isLimited ? ",\"max_tokens\":5" : "")}}{{(members.Length > 0 ? "," + members : "")}}}""", message);

    private static void AssertFault(string json, string message)
    {
        var error = Assert.Throws<ErrorResponseException>(() => MessagesRequestTests.Chat(json, new Model("r1", [], ""))).Error;

        Assert.Equal((400, message), (error.Status, error.AnthropicMessage ?? error.Message));
    }
}
