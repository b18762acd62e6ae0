using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Responses;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Requests of the Responses API, and the chat completion requests that they become.</summary>
public sealed class ResponsesRequestTests
{
    private const string NotRun = """{"role":"tool","tool_call_id":"c1","content":"The tool was not run."}""";
    private const string Call = """{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"}""";
    private const string ChatCall = """{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}""";
    private const string Tools = """[{"type":"function","name":"f","parameters":{}},{"type":"web_search"}]""";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory, Trait("reported", "R7 R16 R19 R20 R21 R24 R34 R35 R44 R49")]
    [InlineData("\"hi\"", """{"role":"user","content":"hi"}""")]
    [InlineData("""[{"role":"user","content":"a\n\u00e4"}]""", """{"role":"user","content":"a\nä"}""")]
    [InlineData("""[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]}]""",
        """{"role":"user","content":"a\nb"}""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:x","detail":"low"}]}]""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:x","detail":"low"}}]}""")]
    // Model servers know three names of details only.
    [InlineData("""[{"role":"user","content":[{"type":"input_image","image_url":"data:x","detail":"original"},{"type":"input_image","image_url":"data:x","detail":"new"}]}]""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x","detail":"high"}},{"type":"image_url","image_url":{"url":"data:x"}}]}""")]
    // One leading system message.
    [InlineData("""[{"role":"user","content":"a"},{"role":"developer","content":"d"},{"role":"system","content":[{"type":"input_text","text":"s"}]}]""",
        """{"role":"system","content":"d\n\ns"},{"role":"user","content":"a"}""")]
    // Adjacent items of the assistant are one message, and its thinking belongs to it.
    [InlineData("""[{"type":"reasoning","id":"","summary":[{"type":"summary_text","text":"t"}],"content":null,"status":"completed"},{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text","text":"x","annotations":[]}]},CALL,{"type":"function_call","id":"i","call_id":"c2","name":"g","arguments":""},{"type":"function_call_output","call_id":"c1","output":"r"},{"type":"function_call_output","call_id":"c2","output":""}]""",
        """{"role":"assistant","content":"x","reasoning_content":"t","tool_calls":[CHAT,{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"tool","tool_call_id":"c2","content":""}""")]
    // Model servers parse the arguments of earlier calls.
    [InlineData("""[{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":\"x"},{"type":"function_call","call_id":"c2","name":"g","arguments":"[1]"}]""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"INVALID_JSON\":\"{\\\"a\\\":\\\"x\"}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"INVALID_JSON\":\"[1]\"}"}}]},NOT_RUN,{"role":"tool","tool_call_id":"c2","content":"The tool was not run."}""")]
    // The text of the thinking goes before its summary. Nothing follows the second item.
    [InlineData("""[{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"t"}]},CALL,{"role":"user","content":"u"},{"type":"reasoning"}]""",
        """{"role":"assistant","content":null,"reasoning_content":"t","tool_calls":[CHAT]},NOT_RUN,{"role":"user","content":"u"}""")]
    // Thinking that only another server can read.
    [InlineData("""[{"type":"reasoning","encrypted_content":"gAAAA","summary":[{"type":"summary_text","text":"t"}]},CALL]""",
        """{"role":"assistant","content":null,"tool_calls":[CHAT]},NOT_RUN""")]
    // Thinking that another server has added in plain text.
    [InlineData("""[{"type":"reasoning","encrypted_content":"gAAAA","summary":[],"content":[{"type":"reasoning_text","text":"t"}]},CALL]""",
        """{"role":"assistant","content":null,"reasoning_content":"t","tool_calls":[CHAT]},NOT_RUN""")]
    // Calls of tools that the user has interrupted. An output may be late: it directly follows its call nevertheless.
    [InlineData("""[CALL,{"type":"custom_tool_call","call_id":"c2","name":"g","input":"i"},{"type":"function_call","call_id":"c3","name":"f","arguments":"{}"},{"type":"custom_tool_call_output","call_id":"c2","output":"r"},{"role":"user","content":"u"},{"type":"function_call_output","call_id":"c3","output":"s"}]""",
        """{"role":"assistant","content":null,"tool_calls":[CHAT,{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"input\":\"i\"}"}},{"id":"c3","type":"function","function":{"name":"f","arguments":"{}"}}]},NOT_RUN,{"role":"tool","tool_call_id":"c2","content":"r"},{"role":"tool","tool_call_id":"c3","content":"s"},{"role":"user","content":"u"}""")]
    // An output may be before its call. Calls with one id get their outputs in their order. An output without a call stays where it is.
    [InlineData("""[{"role":"user","content":"u"},{"type":"function_call_output","call_id":"c1","output":"r"},CALL,{"type":"function_call_output","call_id":"c1","output":"s"},CALL,{"role":"user","content":"v"},{"type":"function_call_output","call_id":"c1","output":"second"},{"type":"function_call_output","call_id":"c2","output":"t"}]""",
        """{"role":"user","content":"u"},{"role":"assistant","content":null,"tool_calls":[CHAT]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"assistant","content":null,"tool_calls":[CHAT]},{"role":"tool","tool_call_id":"c1","content":"s"},{"role":"user","content":"v"},{"role":"tool","tool_call_id":"c2","content":"t"}""")]
    // A late output does not divide a turn of the assistant.
    [InlineData("""[CALL,{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"type":"function_call_output","call_id":"c1","output":"r"},{"role":"assistant","content":"b"},{"role":"user","content":"v"}]""",
        """{"role":"assistant","content":null,"tool_calls":[CHAT]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"user","content":"u"},{"role":"assistant","content":"a\n\nb"},{"role":"user","content":"v"}""")]
    // The image of a late output.
    [InlineData("""[CALL,{"role":"user","content":"u"},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_image","image_url":"v"}]},{"role":"user","content":"w"}]""",
        """{"role":"assistant","content":null,"tool_calls":[CHAT]},{"role":"tool","tool_call_id":"c1","content":"The image follows in the next user message."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"v"}},{"type":"text","text":"u\n\nw"}]}""")]
    // Adjacent messages of the user are one, also around items that are no message.
    [InlineData("""[{"role":"user","content":"a"},{"role":"user","content":""},{"role":"developer","content":"d"},{"role":"user","content":[{"type":"input_text","text":"b"},{"type":"input_text","text":"c"}]},{"type":"reasoning","summary":[{"type":"summary_text","text":"t"}]},{"role":"user","content":[{"type":"input_image","image_url":"v"},{"type":"input_text","text":"e"}]},{"role":"user","content":"f"}]""",
        """{"role":"system","content":"d"},{"role":"user","content":[{"type":"text","text":"a\n\nb\nc"},{"type":"image_url","image_url":{"url":"v"}},{"type":"text","text":"e\n\nf"}]}""")]
    // Images of outputs follow all outputs.
    [InlineData("""[CALL,{"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"r"},{"type":"input_image","image_url":"u"}]},{"type":"function_call_output","call_id":"c2","output":[{"type":"input_image","image_url":"v"}]},{"role":"user","content":"q"}]""",
        """{"role":"assistant","content":null,"tool_calls":[CHAT,{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"tool","tool_call_id":"c2","content":"The image follows in the next user message."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}},{"type":"image_url","image_url":{"url":"v"}},{"type":"text","text":"q"}]}""")]
    // Items of tools that ran elsewhere, and unknown items, are left out.
    [InlineData("""[{"role":"user","content":"a"},{"type":"web_search_call","id":"w","status":"completed"},{"type":"compaction","encrypted_content":"x"},{"type":"item_reference","id":"rs_1"},{"id":"rs_2"},{"id":"rs_3","type":null},{"type":"of_next_year"}]""",
        """{"role":"user","content":"a"}""")]
    // Tools with namespaces, and custom tools.
    [InlineData("""[{"type":"function_call","call_id":"c1","namespace":"mcp__x","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"c2","name":"patch","input":"a\"\n"},{"type":"custom_tool_call_output","call_id":"c2","output":"r"}]""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"mcp__x__f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"patch","arguments":"{\"input\":\"a\\\"\\n\"}"}}]},NOT_RUN,{"role":"tool","tool_call_id":"c2","content":"r"}""")]
    // OpenAI's tools that run on the client.
    [InlineData("""[{"type":"local_shell_call","id":"i","call_id":"c1","status":"completed","action":{"type":"exec","command":["ls","a\"b"]}},{"type":"local_shell_call_output","id":"c1","output":"r"}]""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"local_shell","arguments":"{\"type\":\"exec\",\"command\":[\"ls\",\"a\\\"b\"]}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}""")]
    [InlineData("""[{"type":"shell_call","call_id":"c1","action":{"commands":["ls"]}},{"type":"apply_patch_call","call_id":"c2","operation":{"type":"delete_file","path":"p"}},{"type":"shell_call_output","call_id":"c1","output":[{"stdout":"o","outcome":{"type":"exit","exit_code":0}}]},{"type":"apply_patch_call_output","call_id":"c2","status":"completed"}]""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"shell","arguments":"{\"commands\":[\"ls\"]}"}},{"id":"c2","type":"function","function":{"name":"apply_patch","arguments":"{\"type\":\"delete_file\",\"path\":\"p\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"[{\"stdout\":\"o\",\"outcome\":{\"type\":\"exit\",\"exit_code\":0}}]"},{"role":"tool","tool_call_id":"c2","content":"completed"}""")]
    // The model gets its own ids, but two calls of a turn keep two ids. Outputs have the order of their calls.
    [InlineData("""[CALL,{"type":"function_call_output","call_id":"c1","output":"r"},{"type":"function_call","call_id":"c1~2","name":"f","arguments":"{}"},{"type":"function_call","call_id":"c1~3","name":"g","arguments":"{}"},{"type":"function_call_output","call_id":"c1~3","output":"s"},{"type":"function_call_output","call_id":"c1~2","output":"t"}]""",
        """{"role":"assistant","content":null,"tool_calls":[CHAT]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c1~3","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"t"},{"role":"tool","tool_call_id":"c1~3","content":"s"}""")]
    public void Input_BecomesMessages(string input, string expected) => Assert.Equal(
        $"[{expected.Replace("CHAT", ChatCall, StringComparison.Ordinal).Replace("NOT_RUN", NotRun, StringComparison.Ordinal)}]",
        Chat($$"""{"input":{{input.Replace("CALL", Call, StringComparison.Ordinal)}}}""")["messages"]!.ToJsonString(Relaxed));

    [Theory]
    [InlineData("\"auto\"", "\"auto\"")]
    [InlineData("\"none\"", "\"none\"")]
    [InlineData("\"required\"", "\"required\"")]
    [InlineData("""{"type":"function","name":"f"}""", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}""", "\"required\"")]
    [InlineData("""{"type":"allowed_tools","mode":"none","tools":[{"type":"function","name":"f"}]}""", "\"none\"")]
    [InlineData("""{"type":"allowed_tools","tools":[{"type":"function","name":"f"},{"type":"web_search"}]}""", "\"auto\"")]
    public void ToolChoice_IsMapped(string choice, string expected)
    {
        var chat = Chat($$"""{"input":"x","tools":{{Tools}},"tool_choice":{{choice}},"parallel_tool_calls":false}""");

        Assert.Equal(expected, chat["tool_choice"]!.ToJsonString());
        Assert.Equal("""[{"type":"function","function":{"name":"f","parameters":{}}}]""", chat["tools"]!.ToJsonString());
        Assert.False((bool)chat["parallel_tool_calls"]!);
    }

    [Fact, Trait("reported", "R18 R27 R42")]
    public void Tools_OfEveryKind_AreFunctions()
    {
        var chat = Chat("""
            {"input":"x","tools":[{"type":"namespace","name":"mcp__x","tools":[{"type":"function","name":"f","description":"d","strict":true}]},
             {"type":"namespace","name":"functions","tools":[{"type":"function","name":"g"}]},
             {"type":"custom","name":"patch","description":"p","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
             {"type":"image_generation"},{"type":"local_shell"}]}
            """);

        Assert.Equal(["mcp__x__f", "g", "patch"], chat["tools"]!.AsArray().Select(tool => (string?)tool!["function"]!["name"]));
        Assert.Equal("input", (string?)chat["tools"]![2]!["function"]!["parameters"]!["required"]![0]);
        Assert.Contains("start: x", (string?)chat["tools"]![2]!["function"]!["description"], StringComparison.Ordinal);
    }

    /// <summary>Codex sends its tools as items of the input, and repeats them.</summary>
    [Fact, Trait("reported", "R50")]
    public void Tools_OfTheInput_AreFunctions()
    {
        const string Item = """
            {"type":"additional_tools","role":"developer","tools":[
             {"type":"namespace","name":"functions","tools":[{"type":"custom","name":"exec"},{"type":"function","name":"f"}]},
             {"type":"namespace","name":"mcp__x","tools":[{"type":"function","name":"g"}]},{"type":"web_search"}]}
            """;
        var request = ResponseReply.Parse(
            $$"""{"input":[{{Item}},{"role":"user","content":"x"},{{Item}}],"tools":{{Tools}},"tool_choice":"required"}""");
        var chat = JsonNode.Parse(request.ToChat().Span)!;

        Assert.Equal(["f", "exec", "mcp__x__g"], chat["tools"]!.AsArray().Select(tool => (string?)tool!["function"]!["name"]));
        Assert.Equal("""[{"role":"user","content":"x"}]""", chat["messages"]!.ToJsonString());
        Assert.Equal(new ClientTool("mcp__x", "g", IsCustom: false), request.Tools.Names.Find("mcp__x__g"));
    }

    [Theory]
    [InlineData("""[{"type":"additional_tools","tools":[{"type":"function"}]}]""", "input[0].tools[0].name")]
    [InlineData("""[{"type":"additional_tools","tools":5}]""", "input[0].tools")]
    public void Tools_OfTheInput_Malformed_NameTheirField(string input, string field) => Assert.Equal(
        field, Assert.Throws<ErrorResponseException>(() => ResponseReply.Parse($$"""{"input":{{input}}}""")).Error.Param);

    [Fact]
    public void ToolNames_AboveTheLimit_StayDifferent()
    {
        var space = new string('n', 60);
        var chat = Chat($$"""{"input":"x","tools":[{"type":"namespace","name":"{{space}}","tools":[{"type":"function","name":"f1"},{"type":"function","name":"f2"}]}]}""");
        var names = chat["tools"]!.AsArray().Select(tool => (string)tool!["function"]!["name"]!).ToList();

        Assert.Equal(2, names.Distinct().Count());
        Assert.All(names, name => Assert.Equal(64, name.Length));
    }

    [Fact]
    public void Settings_AreMapped_AndUnknownFieldsAreLeftOut() => Assert.Equal(
        """{"messages":[{"role":"system","content":"i"},{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}},"temperature":0.5,"top_p":1.0,"max_tokens":9,"reasoning_effort":"low","logprobs":true,"top_logprobs":3,"stream":true}""",
        Chat("""
            {"model":"m","instructions":"i","input":"x","stream":true,"temperature":0.5,"top_p":1.0,"max_output_tokens":9,"top_logprobs":3,
             "reasoning":{"effort":"low","summary":"auto"},"client_metadata":{"a":1},"store":true,"truncation":"auto","include":["of.next.year"],
             "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}}}
            """).ToJsonString(Relaxed));

    [Fact]
    public void Count_HasThePromptAndOneToken() => Assert.Equal(
        """{"messages":[{"role":"system","content":"i"},{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"reasoning_effort":"low","max_tokens":1}""",
        JsonNode.Parse(ResponseReply.Parse($$"""
            {"instructions":"i","input":"x","tools":{{Tools}},"tool_choice":"required","stream":true,"max_output_tokens":9,
             "top_logprobs":3,"reasoning":{"effort":"low"},"text":{"format":{"type":"json_object"} } }
            """).ToCount().Span)!.ToJsonString(Relaxed));

    /// <summary>Ollama refuses every effort for a model that does not think.</summary>
    [Theory, Trait("reported", "M36")]
    [InlineData("none", ReasoningEffort.High, "none")]
    [InlineData("xhigh", ReasoningEffort.High, "high")]
    [InlineData("max", ReasoningEffort.XHigh, "xhigh")]
    [InlineData("xhigh", ReasoningEffort.Max, "xhigh")]
    [InlineData("low", ReasoningEffort.Off, null)]
    [InlineData("none", ReasoningEffort.Off, null)]
    internal void Effort_IsAtMostTheModels(string effort, ReasoningEffort maximum, string? expected)
    {
        var request = ResponseReply.Parse($$"""{"input":"x","reasoning":{"effort":"{{effort}}"} }""");

        Assert.All([request.ToChat(maximum), request.ToCount(maximum)], chat =>
            Assert.Equal(expected, (string?)JsonNode.Parse(chat.Span)!["reasoning_effort"]));
    }

    [Theory]
    [InlineData(null, null, false, "Summary")]
    [InlineData(null, null, true, "Text")]
    [InlineData("hidden", "reasoning_text", true, "Hidden")]
    [InlineData(null, "reasoning_text", false, "Text")]
    [InlineData("reasoning_summary", null, true, "Summary")]
    [InlineData(null, "think", false, "Summary")]
    public void ReasoningForm_OfTheRequest_GoesBeforeTheModels(string? member, string? header, bool isText, string expected) =>
        Assert.Equal(expected, ReasoningForms.Select(member, header, new Model("m", [], "") { ReasoningText = isText }).ToString());

    [Theory]
    [InlineData(null, null, "Hidden")]
    [InlineData("reasoning_text", null, "Text")]
    [InlineData(null, "reasoning_summary", "Summary")]
    [InlineData("hidden", "reasoning_summary", "Hidden")]
    [InlineData(null, "think", "Hidden")]
    public void ReasoningForm_OfAModelThatHidesIt_IsOverridden(string? member, string? header, string expected)
    {
        var model = new Model("m", [], "") { Reasoning = ReasoningOutput.Hidden };

        Assert.Equal(expected, ReasoningForms.Select(member, header, model).ToString());
        Assert.Throws<ErrorResponseException>(() => ReasoningForms.Select("loud", null, model));
    }

    private static JsonNode Chat(string request) => JsonNode.Parse(ResponseReply.Parse(request).ToChat().Span)!;
}
