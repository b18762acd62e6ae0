using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Requests of the Messages API, and the chat completion requests that they become. Bodies are compared byte for byte.</summary>
public sealed class MessagesRequestTests
{
    private const string User = """{"role":"user","content":"hi"}""";

    [Theory, Trait("reported", "M14")]
    [InlineData(User, User)]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a\n\u00e4","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]}""",
        """{"role":"user","content":"a\n\u00e4\n\nb"}""")]
    [InlineData("""{"role":"user","content":"a"},{"role":"user","content":"b"}""", """{"role":"user","content":"a\n\nb"}""")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}""")]
    // Images keep their place among the texts.
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},{"type":"text","text":"b"},{"type":"image","source":{"type":"url","url":"https://x/y"}}]}""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"https://x/y"}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"document","title":"T","context":null,"source":{"type":"text","media_type":"text/plain","data":"d"},"citations":{"enabled":true}},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"e"}]}}]}""",
        """{"role":"user","content":"T\n\nd\n\ne"}""")]
    [InlineData("""{"role":"user","content":[{"type":"search_result","title":"T","source":"S","content":[{"type":"text","text":"r"}]}]}""",
        """{"role":"user","content":"T\n\nS\n\nr"}""")]
    // System messages anywhere become one in front.
    [InlineData("""{"role":"user","content":"a"},{"role":"system","content":"s"},{"role":"user","content":"b"},{"role":"system","content":[{"type":"text","text":"t"}]}""",
        """{"role":"system","content":"s\n\nt"},{"role":"user","content":"a\n\nb"}""")]
    public void Messages_BecomeChatMessages(string messages, string expected) => AssertMessages(messages, expected);

    [Theory, Trait("reported", "M5 M9 M10 M11 M25 M30 M32")]
    // Thinking stays with its call.
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"b"},{"type":"tool_use","id":"c1","name":"f","input":{"x":"\"\u00e4\n"}},{"type":"tool_use","id":"c2","name":"g"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"r1"},{"type":"tool_result","tool_use_id":"c2"}]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"t","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":\"\\\"\\u00e4\\n\"}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"tool","tool_call_id":"c2","content":""}""")]
    // Images of tool results follow all tool messages, and so does the user's text.
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},{"role":"user","content":[{"type":"text","text":"b"},{"type":"tool_result","tool_use_id":"c1","is_error":true,"content":[{"type":"text","text":"r"},{"type":"image","source":{"type":"url","url":"u"}}]},{"type":"tool_result","tool_use_id":"c2","is_error":false,"content":"s"},{"type":"text","text":"d"}]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"Error:\n\nr\n\n[The image follows in the next user message.]"},{"role":"tool","tool_call_id":"c2","content":"s"},{"role":"user","content":[{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"d"}]}""")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f"},{"type":"tool_use","id":"c2","name":"g"}]},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c2","content":"r"},{"type":"text","text":"c"}]}""", // A tool that the user has interrupted.
        """{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c2","content":"r"},{"role":"tool","tool_call_id":"c1","content":"The tool was not run."},{"role":"user","content":"c"}""")]
    // What another server ran is left out, and so is an assistant message at the end without text.
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"text","text":"b"}]},{"role":"user","content":"c"},{"role":"assistant","content":[]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}""")]
    // The summary of a conversation that another server has compacted is its text.
    [InlineData("""{"role":"assistant","content":[{"type":"compaction","content":"s","signature":"x"},{"type":"compaction","content":null}]},{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"},{"type":"fallback","from":{"model":"x"},"to":{"model":"y"}},{"type":"mcp_tool_listing","mcp_server_name":"m","tools":[]}]},{"role":"user","content":"c"}""",
        """{"role":"assistant","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}""")]
    public void Turns_WithTools_BecomeChatMessages(string messages, string expected) => AssertMessages(messages, expected);

    [Theory, Trait("reported", "M19")]
    [InlineData("\"You are.\"", "You are.")]
    [InlineData("""[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{}}]""", """a\n\nb""")]
    [InlineData("""[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=1a2b;"},{"type":"text","text":"b"}]""", "b")]
    [InlineData("""[{"type":"text","text":"x-anthropic-billing-header: x;\nYou are."}]""", "You are.")]
    [InlineData("\"x-anthropic-billing-header: x;\\nYou are.\"", "You are.")]
    [InlineData("\"\"", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    public void System_OfAnyForm_IsOneMessage(string system, string? expected) => Assert.Equal(
        expected is null ? $"[{User}]" : $$"""[{"role":"system","content":"{{expected}}"},{{User}}]""",
        Chat($$"""{"max_tokens":5,"system":{{system}},"messages":[{{User}}]}""")["messages"]!.ToJsonString(Relaxed));

    [Theory, Trait("reported", "M10")]
    [InlineData("""{"type":"auto"}""", "\"auto\"", null)]
    [InlineData("""{"type":"any","disable_parallel_tool_use":true}""", "\"required\"", false)]
    [InlineData("""{"type":"none"}""", "\"none\"", null)]
    [InlineData("""{"type":"tool","name":"f","disable_parallel_tool_use":false}""", """{"type":"function","function":{"name":"f"}}""", true)]
    public void ToolChoice_OfEachType_IsTranslated(string choice, string expected, bool? isParallel)
    {
        var chat = Chat($$"""
            {"max_tokens":5,"messages":[{{User}}],"tool_choice":{{choice}},
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"cache_control":{},"strict":true},{"type":"custom","name":"g","input_schema":{} }]}
            """);

        Assert.Equal(expected, chat["tool_choice"]!.ToJsonString());
        Assert.Equal(isParallel, (bool?)chat["parallel_tool_calls"]);
        Assert.Equal(
            """[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"g","parameters":{}}}]""",
            chat["tools"]!.ToJsonString());
    }

    [Fact]
    public void ToolChoice_WithoutTools_IsLeftOut() =>
        Assert.Null(Chat($$"""{"max_tokens":5,"messages":[{{User}}],"tools":[],"tool_choice":{"type":"auto"} }""")["tool_choice"]);

    [Theory]
    [InlineData("bash_20250124", "bash", "restart")]
    [InlineData("text_editor_20250728", "str_replace_based_edit_tool", "old_str")]
    [InlineData("memory_20250818", "memory", "old_path")]
    public void Tool_OfTheClient_GetsItsSchema(string type, string name, string property)
    {
        var chat = Chat($$"""{"max_tokens":5,"messages":[{{User}}],"tools":[{"type":"{{type}}","name":"{{name}}"}]}""");
        var function = chat["tools"]![0]!["function"]!;

        Assert.Equal(name, (string?)function["name"]);
        Assert.NotNull(function["parameters"]!["properties"]![property]);
        Assert.NotEmpty((string)function["description"]!);
    }

    [Theory, Trait("reported", "M23")]
    [InlineData("", "f")]
    [InlineData("""{"type":"tool_reference","tool_name":"g"}""", "f,g")]
    [InlineData("""{"type":"tool_reference","tool_name":"\u0067"}""", "f,g")]
    public void Tool_Deferred_IsLoadedByItsReference(string reference, string names) => Assert.Equal(names, Names($$"""
        {"max_tokens":5,"messages":[{{User}},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{} }]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{{reference}}]}]}],
         "tools":[{"name":"f","input_schema":{} },{"name":"g","input_schema":{},"defer_loading":true},{"name":"h","input_schema":{},"defer_loading":true}]}
        """));

    /// <summary>Claude Code adds the tools of an MCP server that connects later.</summary>
    [Theory, Trait("reported", "M31")]
    [InlineData("""{"type":"text","text":"s"},{"type":"tool_addition","tool":{"type":"tool_reference","name":"g"}}""", "f,g")]
    [InlineData("""{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"i","input_schema":{}}}}""", "f,i")]
    [InlineData("""{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"g","input_schema":{}}}}""", "f,g")]
    [InlineData("""{"type":"tool_removal","tool":{"type":"tool_reference","name":"f"}}""", "")]
    [InlineData("""{"type":"tool_addition","tool":{"type":"tool_reference","name":"g"}},{"type":"tool_removal","tool":{"type":"tool_reference","name":"g"}}""", "f")]
    [InlineData("""{"type":"tool_removal","tool":{"type":"tool_reference","name":"f"}},{"type":"tool_addition","tool":{"type":"tool_reference","name":"f"}}""", "f")]
    [InlineData("""{"type":"tool_addition","tool":{"type":"mcp_toolset_reference","server_name":"x"}}""", "f")]
    [InlineData("""{"type":"tool_removal","tool":{"type":"mcp_tool_reference","server_name":"x","name":"f"}}""", "f")]
    [InlineData("""{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"mcp_toolset","mcp_server_name":"x"}}}""", "f")]
    public void Tools_ChangedByASystemMessage_AreTheLastOnes(string changes, string names) => Assert.Equal(names, Names($$"""
        {"max_tokens":5,"messages":[{{User}},{"role":"system","content":[{{changes}}]},{{User}}],
         "tools":[{"name":"f","input_schema":{} },{"name":"g","input_schema":{},"defer_loading":true}]}
        """));

    [Fact]
    public void Tool_Deferred_IsLoadedByTheChoice() => Assert.Equal("g", Names($$"""
        {"max_tokens":5,"messages":[{{User}}],"tool_choice":{"type":"tool","name":"g"},
         "tools":[{"name":"g","input_schema":{},"defer_loading":true},{"name":"h","input_schema":{},"defer_loading":true}]}
        """));

    [Fact]
    public void Tools_WithAToolSearch_AreAllLoaded() => Assert.Equal("g", Names($$"""
        {"max_tokens":5,"messages":[{{User}}],"tools":[{"type":"tool_search_tool_regex_20251119","name":"s"},
         {"name":"g","input_schema":{},"defer_loading":true}]}
        """));

    [Theory, Trait("reported", "M13")]
    [InlineData("""{"type":"enabled","budget_tokens":1024}""", """{"enable_thinking":true,"thinking":true}""")]
    [InlineData("""{"type":"disabled"}""", """{"enable_thinking":false,"thinking":false}""")]
    [InlineData("""{"type":"adaptive","display":"summarized"}""", null)]
    [InlineData("null", null)]
    public void Thinking_OfEachType_IsTranslated(string thinking, string? expected) => Assert.Equal(
        expected, Chat($$"""{"max_tokens":5,"messages":[{{User}}],"thinking":{{thinking}} }""")["chat_template_kwargs"]?.ToJsonString());

    [Fact]
    public void Thinking_WithDefaultsOfTheModel_KeepsThem() => Assert.Equal(
        """{"x":1,"enable_thinking":false,"thinking":false}""",
        Sorted(Chat(
            $$"""{"max_tokens":5,"messages":[{{User}}],"thinking":{"type":"disabled"} }""",
            new Model("r1", [], "") { Defaults = [new("chat_template_kwargs", """{"x":1,"thinking":true}"""u8.ToArray())] })
            ["chat_template_kwargs"]!));

    [Theory]
    [InlineData("low", "low")]
    [InlineData("medium", "medium")]
    [InlineData("high", "high")]
    [InlineData("xhigh", "high")]
    [InlineData("max", "high")]
    public void Effort_OfEachLevel_IsTranslated(string effort, string expected)
    {
        var chat = Chat($$"""
            {"max_tokens":5,"messages":[{{User}}],"output_config":{"effort":"{{effort}}","task_budget":{},"format":{"type":"json_schema","schema":{"type":"object"} } } }
            """);

        Assert.Equal(expected, (string?)chat["reasoning_effort"]);
        Assert.Equal(
            """{"type":"json_schema","json_schema":{"name":"output","strict":true,"schema":{"type":"object"}}}""",
            chat["response_format"]!.ToJsonString());
    }

    // Two calls of a turn keep two ids, and so do their results.
    [Fact]
    public void CallIds_ThatTheModelGaveTwiceInATurn_StayDifferent() => AssertMessages(
        """{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f"},{"type":"tool_use","id":"c1~2","name":"g"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1~2","content":"r"},{"type":"tool_result","tool_use_id":"c1","content":"q"}]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c1~2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1~2","content":"r"},{"role":"tool","tool_call_id":"c1","content":"q"}""");

    [Fact]
    public void CallIds_WithASuffixOfAnEarlierReply_AreTheModels() => AssertMessages(
        """{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"c1~2","name":"f"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1~2","content":"r"}]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}""");

    [Fact, Trait("reported", "R46 M20")]
    public void Fields_OfEachKind_AreTranslatedOrIgnored() => Assert.Equal(
        """{"messages":[{"role":"user","content":"hi"}],"max_tokens":5,"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},"stop":["a"],"temperature":0.5,"top_p":1,"top_k":40}""",
        Chat($$"""
            {"model":"claude-x","max_tokens":5.0,"stream":true,"messages":[{{User}}],"stop_sequences":["a"],"temperature":0.5,"top_p":1,"top_k":40,
             "metadata":{"user_id":"u"},"service_tier":"auto","container":"c","context_management":{"edits":[]},"speed":"fast","unknown":{} }
            """).ToJsonString());

    [Fact]
    public void Usage_OfAServerWithoutIt_IsRequestedAtTheEnd() => Assert.Equal(
        """{"include_usage":true}""",
        Chat($$"""{"max_tokens":5,"stream":true,"messages":[{{User}}]}""", new Model("r1", [], "") { ContinuousUsage = false })
            ["stream_options"]!.ToJsonString());

    [Fact]
    public void Prefill_OfAModelThatContinues_IsContinued()
    {
        var chat = Chat(
            $$"""{"max_tokens":5,"messages":[{{User}},{"role":"assistant","content":"{"}]}""", new Model("r1", [], "") { Prefill = true });

        Assert.True((bool)chat["continue_final_message"]! && !(bool)chat["add_generation_prompt"]!);
        Assert.Equal("{", (string?)chat["messages"]![1]!["content"]);
    }

    [Fact]
    public void Count_OfARequest_HasOneTokenAndNoChoice()
    {
        var request = Request($$"""
            {"max_tokens":500,"stream":true,"messages":[{{User}}],"system":"s","tools":[{"name":"f","input_schema":{} }],"tool_choice":{"type":"any"},
             "output_config":{"format":{"type":"json_schema","schema":{} } },"temperature":1}
            """, new Model("r1", [], ""));

        Assert.Equal(
            """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"max_tokens":1}""",
            Encoding.UTF8.GetString(request.ToCount().Span));
    }

    [Fact]
    public void Count_WithoutMaxTokens_IsPossible() =>
        Assert.NotEqual(0, Request($$"""{"messages":[{{User}}]}""", new Model("r1", [], "")).ToCount().Length);

    internal static JsonObject Chat(string json, Model? model = null) =>
        JsonNode.Parse(Request(json, model ?? new Model("r1", [], "")).ToChat().Span)!.AsObject();

    internal static MessagesRequest Request(string json, Model model) =>
        new(RequestJson.TryParse(Encoding.UTF8.GetBytes(json))!, model);

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static void AssertMessages(string messages, string expected)
    {
        var chat = Encoding.UTF8.GetString(
            Request($$"""{"max_tokens":5,"messages":[{{messages}}]}""", new Model("r1", [], "")).ToChat().Span);

        Assert.Equal($$"""{"messages":[{{expected}}],"max_tokens":5}""", chat);
        Assert.NotNull(JsonNode.Parse(chat));
    }

    private static string Names(string json) =>
        string.Join(',', (Chat(json)["tools"]?.AsArray() ?? []).Select(tool => (string?)tool!["function"]!["name"]));

    private static string Sorted(JsonNode json) =>
        new JsonObject(json.AsObject().OrderByDescending(member => member.Key == "x").ThenBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
}
