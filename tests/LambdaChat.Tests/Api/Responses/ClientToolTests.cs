using System.Text.Json.Nodes;
using static LambdaChat.Tests.Api.Responses.ResponseReplyTests;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Calls of tools that the model server knows only as functions: tools in namespaces, and custom tools.</summary>
public sealed class ClientToolTests
{
    [Fact, Trait("reported", "R12 R25 R27 R42")]
    public async Task NamespacedAndCustomTools_ReturnAsTheClientKnowsThem()
    {
        const string Request =
            """{"input":"hi","tools":[{"type":"namespace","name":"mcp__x","tools":[{"type":"function","name":"f"}]},{"type":"custom","name":"patch"}]}""";
        var (response, _) = await ResponseReply.ReadAsync(
            [Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"mcp__x__f","arguments":"{}"}}]}"""),
                Delta("""{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"patch","arguments":"{\"input\":\"a\\nb\"}"}}]}"""),
                Stop], Request);
        var (first, second) = (response["output"]![0]!, response["output"]![1]!);

        Assert.Equal(("mcp__x", "f"), ((string?)first["namespace"], (string?)first["name"]));
        Assert.Equal(("custom_tool_call", "patch", "a\nb"), ((string?)second["type"], (string?)second["name"], (string?)second["input"]));
    }

    /// <summary>The agent has other tools, or needs none.</summary>
    [Theory]
    [InlineData("""[{"type":"shell"},{"type":"apply_patch"},{"type":"local_shell"},{"type":"function","name":"f"}]""", "\"auto\"", 1)]
    [InlineData("""[{"type":"shell"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}]""", "\"auto\"", 1)]
    [InlineData("""[{"type":"shell"}]""", "\"none\"", 0)]
    [InlineData("""[{"type":"shell","environment":{"type":"container_auto"}},{"type":"web_search"}]""", "\"auto\"", 0)]
    public void BuiltInTool_ThatIsNotTheOnlyTool_IsLeftOut(string tools, string choice, int count) => Assert.Equal(
        count,
        JsonNode.Parse(ResponseReply.Parse($$"""{"input":"hi","tool_choice":{{choice}},"tools":{{tools}} }""").ToChat().Span)!["tools"]
            ?.AsArray().Count ?? 0);

    [Theory]
    [InlineData("", "The input must match this grammar:\nstart: x")]
    [InlineData("\"description\":\"d\",", "d\n\nThe input must match this grammar:\nstart: x")]
    public void CustomTool_WithAGrammar_DescribesIt(string description, string expected) => Assert.Equal(
        expected,
        (string?)JsonNode.Parse(ResponseReply.Parse(
            $$"""{"input":"hi","tools":[{"type":"custom","name":"p",{{description}}"format":{"type":"grammar","syntax":"lark","definition":"start: x"} }]}""")
            .ToChat().Span)!["tools"]![0]!["function"]!["description"]);

    /// <summary>The relay completes a call without arguments with an empty object, which is no text of the model.</summary>
    [Theory]
    [InlineData("", "tool_calls", "")]
    [InlineData("{}", "tool_calls", "")]
    [InlineData("", "length", "")]
    [InlineData("[]", "tool_calls", "[]")]
    [InlineData("{\"x\":1}", "tool_calls", "{\"x\":1}")]
    public Task CustomTool_WithoutArguments_HasAnEmptyInput(string arguments, string finish, string input) =>
        AssertInputAsync(arguments, finish, input);

    [Theory]
    [InlineData("""{"input":"a\nb""", "a\nb")]
    [InlineData("{\"input\":\"a\"", "a")]
    [InlineData("""{ "input" : "a\""", "a")]
    [InlineData("""{"input":"a\\""", "a\\")]
    [InlineData("""{"input":"a\u00e""", "a")]
    [InlineData("""{"input":"a\u00e9""", "aé")]
    [InlineData("{\"input\":\"", "")]
    [InlineData("""{"input":""", """{"input":""")]
    [InlineData("""{"other":"a""", """{"other":"a""")]
    [InlineData("""{"input":[""", """{"input":[""")]
    [InlineData("patch", "patch")]
    public Task CustomTool_ThatTheLimitCut_HasTheTextSoFar(string arguments, string input) => AssertInputAsync(arguments, "length", input);

    private static async Task AssertInputAsync(string arguments, string finish, string input)
    {
        const string Request = """{"input":"hi","tools":[{"type":"custom","name":"patch"}]}""";
        var call = new JsonObject
        {
            ["index"] = 0,
            ["id"] = "c1",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "patch", ["arguments"] = arguments },
        };
        var (response, _) = await ResponseReply.ReadAsync(
            [Delta(new JsonObject { ["tool_calls"] = new JsonArray(call) }.ToJsonString()), Finish(finish)], Request);

        Assert.Equal((finish == "length" ? "incomplete" : "completed", input), ((string?)response["output"]![0]!["status"], (string?)response["output"]![0]!["input"]));
    }
}
