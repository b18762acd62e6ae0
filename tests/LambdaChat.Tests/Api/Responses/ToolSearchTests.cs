using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using static LambdaChat.Tests.Api.Responses.ResponseReplyTests;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Deferred tools, which a tool search loads. The items have the forms of OpenAI's SDK.</summary>
public sealed class ToolSearchTests
{
    private const string Weather =
        """{"type":"function","name":"weather","description":"w","parameters":{"type":"object"},"defer_loading":true}""";
    private const string News = """{"type":"function","name":"news","description":"n","defer_loading":true}""";
    private const string Crm = $$"""{"type":"namespace","name":"crm","description":"c","tools":[{{Weather}},{{News}}]}""";
    private const string Hosted = """{"type":"tool_search"}""";
    private const string Client =
        """{"type":"tool_search","execution":"client","description":"find","parameters":{"type":"object","properties":{"paths":{} } } }""";

    private const string Search =
        """{"type":"tool_search_call","id":"tsc_1","execution":"client","call_id":"s1","status":"completed","arguments":{"paths":["crm.weather"]}}""";

    private static string Loaded => $$"""
        {"type":"tool_search_output","execution":"client","call_id":"s1","status":"completed","tools":[
         {"type":"namespace","name":"crm","description":"c","tools":[{{Weather}}]}]}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("\"tool_choice\":\"required\",")]
    public void LoadedTools_OfTheInput_AreFunctions(string choice) => Assert.Equal(
        ["crm__weather"], ToolsOf($$"""{"input":[{"role":"user","content":"x"},{{Search}},{{Loaded}}],{{choice}}"model":"m"}"""));

    [Theory]
    [InlineData("", "tool_search")]
    [InlineData(Weather, "tool_search")]
    [InlineData(Crm + "," + """{"type":"function","name":"plain"}""", "plain", "tool_search")]
    public void ClientSearch_IsAFunctionWithoutTheDeferredTools(string tools, params string[] expected) => Assert.Equal(
        expected.Order(), ToolsOf($$"""{"input":"x","tools":[{{Client}}{{(tools.Length > 0 ? "," : "")}}{{tools}}]}""").Order());

    [Fact]
    public void ClientSearch_DescribesWhatItCanLoad()
    {
        var chat = Chat($$"""{"input":"x","tools":[{{Crm}},{{Client}},{"type":"function","name":"t","defer_loading":true}]}""");
        var function = chat["tools"]![0]!["function"]!;

        Assert.Equal("find\n\nTools that can be loaded:\n- crm.weather: w\n- crm.news: n\n- t", (string?)function["description"]);
        Assert.NotNull(function["parameters"]!["properties"]!["paths"]);
    }

    [Fact]
    public void ClientSearch_ThatHasRun_IsACallWithAResultAndGivesItsTools()
    {
        var chat = Chat($$"""{"input":[{"role":"user","content":"x"},{{Search}},{{Loaded}}],"tools":[{{Client}},{{Crm}}]}""");

        Assert.Equal(["tool_search", "crm__weather"], Names(chat));
        Assert.Equal(
            """{"id":"s1","type":"function","function":{"name":"tool_search","arguments":"{\u0022paths\u0022:[\u0022crm.weather\u0022]}"}}""",
            chat["messages"]![1]!["tool_calls"]![0]!.ToJsonString());
        Assert.Equal("""{"role":"tool","tool_call_id":"s1","content":"Loaded tools: crm__weather"}""", chat["messages"]![2]!.ToJsonString());
    }

    [Fact]
    public void ClientSearch_WithoutATool_SaysSo()
    {
        var chat = Chat($$"""{"input":[{{Search}},{"type":"tool_search_output","call_id":"s1","tools":[]}],"tools":[{{Client}}]}""");

        Assert.Equal("No tools were found.", (string?)chat["messages"]![1]!["content"]);
    }

    [Fact]
    public void HostedSearch_OfTheHistory_IsLeftOut()
    {
        var chat = Chat($$"""
            {"input":[{"role":"user","content":"x"},{"type":"tool_search_call","execution":"server","call_id":null,"arguments":{} },
             {"type":"tool_search_output","execution":"server","call_id":null,"tools":[{{Weather}}]}],"tools":[{{Hosted}},{{Weather}}]}
            """);

        Assert.Equal(["weather"], Names(chat));
        Assert.Equal("""[{"role":"user","content":"x"}]""", chat["messages"]!.ToJsonString());
    }

    [Fact]
    public void Choice_OfAToolThatIsNotLoaded_IsRejected() => Assert.Equal(
        "tool_choice.name",
        Assert.Throws<ErrorResponseException>(() => Chat(
            $$"""{"input":"x","tools":[{{Client}},{{Weather}}],"tool_choice":{"type":"function","name":"weather"} }""")).Error.Param);

    [Theory]
    [InlineData("{\"paths\":\n[\"crm\"] }", """{"paths":["crm"]}""")]
    [InlineData("", "{}")]
    [InlineData("crm", "\"crm\"")]
    public async Task ClientSearch_ThatTheModelCalls_IsASearchOfTheClient(string arguments, string expected)
    {
        var (response, stream) = await ResponseReply.ReadAsync(
            [Call("tool_search", arguments), Stop], $$"""{"input":"x","tools":[{{Client}},{{Weather}}]}""");
        var item = response["output"]![0]!.AsObject();

        Assert.StartsWith("tsc_", (string?)item["id"], StringComparison.Ordinal);
        item.Remove("id");
        Assert.True(JsonNode.DeepEquals(item, JsonNode.Parse(
            $$"""{"type":"tool_search_call","execution":"client","call_id":"c1","status":"completed","arguments":{{expected}}}""")));
        Assert.DoesNotContain(stream.Names, static name => name.Contains("arguments", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HostedSearch_BeforeTheFirstCallOfADeferredTool_HasItsItems()
    {
        var (response, stream) = await ResponseReply.ReadAsync(
            [Call("crm__weather", "{}"), Call("crm__weather", "{}", 1), Call("plain", "{}", 2), Call("news", "{}", 3), Stop],
            $$"""{"input":"x","tools":[{{Crm}},{{Hosted}},{"type":"function","name":"plain"},{{News}}]}""");
        var output = response["output"]!.AsArray();

        Assert.Equal(
            ["tool_search_call", "tool_search_output", "function_call", "function_call", "function_call",
                "tool_search_call", "tool_search_output", "function_call"],
            output.Select(static item => (string?)item!["type"]));
        AssertItem(
            "tsc_",
            """{"type":"tool_search_call","execution":"server","call_id":null,"status":"completed","arguments":{"paths":["crm.weather"]}}""",
            output[0]!);
        AssertItem("tso_", Output("""{"type":"namespace","name":"crm","description":"c","tools":[""" + Weather + "]}"), output[1]!);
        AssertItem("tso_", Output(News[..^1] + ""","parameters":null,"strict":null}"""), output[6]!);
        Assert.Equal(8, stream.Names.Count(static name => name == "response.output_item.done"));
    }

    [Theory]
    [InlineData(Hosted)]
    [InlineData(Client)]
    public void View_OfAStoredResponse_KnowsTheSameTools(string search)
    {
        var view = ResponseReply.Create($$"""{"input":[{"role":"user","content":"x"},{{Loaded}}],"tools":[{{Crm}},{{search}},{{News}}]}""");
        using var stored = JsonDocument.Parse(view.Settings);
        var names = new ToolList(new RequestItem(stored.RootElement, ""), mayRepeat: true).Names;

        foreach (var name in (string[])["crm__weather", "crm__news", "news", "tool_search"])
        {
            var (expected, actual) = (view.Tools.Find(name), names.Find(name));
            Assert.Equal(expected with { SearchOutput = null }, actual with { SearchOutput = null });
            Assert.Equal(expected.SearchOutput, actual.SearchOutput);
        }

        Assert.Equal(search == Hosted, view.Tools.Find("crm__news").SearchOutput is not null);
    }

    /// <summary>The stored tools do not say which of them a search had loaded. The choice was checked before.</summary>
    [Theory]
    [InlineData("""{"type":"function","namespace":"crm","name":"weather"}""")]
    [InlineData("""{"type":"allowed_tools","tools":[{"type":"function","namespace":"crm","name":"weather"}]}""")]
    public void View_OfAStoredResponse_MayHaveChosenALoadedTool(string choice)
    {
        var view = ResponseReply.Create(
            $$"""{"input":[{"role":"user","content":"x"},{{Loaded}}],"tools":[{{Crm}},{{Client}}],"tool_choice":{{choice}}}""");
        using var stored = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stored))
        {
            view.WriteTo(writer);
        }

        using var document = JsonDocument.Parse(stored.ToArray());
        Assert.True(ResponseView.Read(document.RootElement).Tools.Contains("crm__weather"));
    }

    private static string Output(string tool) =>
        $$"""{"type":"tool_search_output","execution":"server","call_id":null,"status":"completed","tools":[{{tool}}]}""";

    private static void AssertItem(string prefix, string expected, JsonNode item)
    {
        Assert.StartsWith(prefix, (string?)item["id"], StringComparison.Ordinal);
        var copy = item.DeepClone().AsObject();
        copy.Remove("id");
        Assert.Equal(expected, copy.ToJsonString());
    }

    private static string Call(string name, string arguments, int index = 0) => Delta(new JsonObject
    {
        ["tool_calls"] = new JsonArray(new JsonObject
        {
            ["index"] = index,
            ["id"] = $"c{index + 1}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
        }),
    }.ToJsonString());

    private static JsonNode Chat(string request) => JsonNode.Parse(ResponseReply.Parse(request).ToChat().Span)!;

    private static IEnumerable<string?> Names(JsonNode chat) =>
        chat["tools"]!.AsArray().Select(static tool => (string?)tool!["function"]!["name"]);

    private static IEnumerable<string?> ToolsOf(string request) => Names(Chat(request));
}
