using System.Text.Json.Nodes;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Tools of the Messages API that have only a type: the client runs some of them, and Anthropic's servers the others.</summary>
public sealed class KnownToolTests
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Advisor = """{"type":"advisor_20260301","name":"advisor","model":"claude-x"}""";
    private const string WebSearch = """{"type":"web_search_20250305","name":"web_search"}""";
    private const string Expected = "'custom', 'bash_*', 'text_editor_*', 'memory_*', 'computer_*'. No tool runs on this server.";

    /// <summary>Claude Code adds <c>advisor_*</c> to its own tools, and does not repeat the request without it.</summary>
    [Theory]
    [InlineData("F,ADVISOR", "f")]
    [InlineData("ADVISOR,F,SEARCH,{\"type\":\"mcp_toolset\",\"mcp_server_name\":\"x\"}", "f")]
    [InlineData("{\"type\":\"bash_20250124\",\"name\":\"bash\"},ADVISOR", "bash")]
    [InlineData("{\"name\":\"g\",\"input_schema\":{},\"defer_loading\":true},ADVISOR", "")] // A result loads it later.
    [InlineData("F,ADVISOR", "f", "{\"type\":\"any\"}")]
    [InlineData("F,ADVISOR", "f", "{\"type\":\"tool\",\"name\":\"f\"}")]
    [InlineData("F,{\"type\":\"advisor_20260301\",\"name\":\"f\"}", "f", "{\"type\":\"tool\",\"name\":\"f\"}")]
    public void ToolOfAnthropicsServers_BesideToolsOfTheClient_IsLeftOut(string tools, string names, string choice = "{\"type\":\"auto\"}")
    {
        var json = Request(tools, choice);

        Assert.Equal(names, Names(MessagesRequestTests.Chat(json)));
        Assert.Equal(names, Names(JsonNode.Parse(MessagesRequestTests.Request(json, new Model("r1", [], "")).ToCount().Span)!));
    }

    [Fact]
    public void ToolOfAnthropicsServers_ThatASystemMessageAdds_IsLeftOut() => Assert.Equal("f", Names(MessagesRequestTests.Chat($$"""
        {"max_tokens":5,"messages":[{{User}},{"role":"system","content":[
         {"type":"tool_addition","tool":{"type":"tool_definition","definition":{{Advisor}} } }]},{{User}}],
         "tools":[{"name":"f","input_schema":{} }]}
        """)));

    [Theory]
    [InlineData("ADVISOR", 0, "advisor_20260301")]
    [InlineData("SEARCH,ADVISOR", 0, "web_search_20250305")]
    [InlineData("{\"type\":\"tool_search_tool_regex_20251119\",\"name\":\"s\"},ADVISOR", 1, "advisor_20260301")]
    [InlineData("SEARCH,F,ADVISOR", 2, "advisor_20260301", "{\"type\":\"tool\",\"name\":\"advisor\"}")]
    public void ToolOfAnthropicsServers_ThatTheRequestNeeds_IsRefused(
        string tools, int index, string type, string choice = "{\"type\":\"auto\"}")
    {
        var error = Assert.Throws<ErrorResponseException>(() => MessagesRequestTests.Chat(Request(tools, choice))).Error;

        Assert.Equal(
            (400, $"tools.{index}: Input tag '{type}' found using 'type' does not match any of the expected tags: {Expected}"),
            (error.Status, error.AnthropicMessage ?? error.Message));
    }

    [Theory]
    [InlineData("", false, "Uses the screen, the mouse and the keyboard of a computer.")]
    [InlineData(",\"display_width_px\":1024,\"display_height_px\":768", false,
        "Uses the screen, the mouse and the keyboard of a computer. The screen has 1024 x 768 pixels.")]
    [InlineData(",\"enable_zoom\":true", true, "Uses the screen, the mouse and the keyboard of a computer.")]
    public void Computer_HasTheSizeOfItsScreenAndItsActions(string members, bool canZoom, string description)
    {
        var function = MessagesRequestTests.Chat(Request($$"""{"type":"computer_20251124","name":"computer"{{members}}}"""))["tools"]![0]!["function"]!;

        Assert.Equal(("computer", description), ((string?)function["name"], (string?)function["description"]));
        var schema = function["parameters"]!;
        Assert.Equal("action", (string?)Assert.Single(schema["required"]!.AsArray()));
        var actions = schema["properties"]!["action"]!["enum"]!.AsArray().Select(action => (string)action!).ToList();
        Assert.Contains("left_click", actions);
        Assert.Equal((canZoom, canZoom), (actions.Contains("zoom"), schema["properties"]!["region"] is not null));
        Assert.NotNull(schema["properties"]!["coordinate"]);
    }

    [Fact]
    public void Computer_WithAMalformedSize_IsRefused()
    {
        var request = Request("""{"type":"computer_20251124","name":"computer","display_width_px":"wide","display_height_px":768}""");

        var error = Assert.Throws<ErrorResponseException>(() => MessagesRequestTests.Chat(request)).Error;

        Assert.Equal(
            "tools.0.computer_20251124.display_width_px: Input should be a valid integer", error.AnthropicMessage ?? error.Message);
    }

    private static string Request(string tools, string choice = "{\"type\":\"auto\"}") =>
        $$"""{"max_tokens":5,"messages":[{{User}}],"tools":[{{Expand(tools)}}],"tool_choice":{{choice}}}""";

    private static string Expand(string tools) =>
        tools.Replace("ADVISOR", Advisor, StringComparison.Ordinal).Replace("SEARCH", WebSearch, StringComparison.Ordinal)
            .Replace("F,", """{"name":"f","input_schema":{}},""", StringComparison.Ordinal);

    private static string Names(JsonNode chat) =>
        string.Join(",", chat["tools"]?.AsArray().Select(tool => (string)tool!["function"]!["name"]!) ?? []);
}
