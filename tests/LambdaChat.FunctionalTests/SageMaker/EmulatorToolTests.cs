using System.Text.Json.Nodes;
using static LambdaChat.FunctionalTests.SageMaker.EmulatorClient;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>The scripted model calls the tools of a request, and its content fits the response format.</summary>
public sealed class EmulatorToolTests(FunctionFixture function)
{
    private const string Tools = """
        "tools":[
          {"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":
            {"city":{"type":"string"},"unit":{"enum":["celsius","fahrenheit"]},"note":{"type":"string"}},"required":["city","unit"]}}},
          {"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{"zone":{"type":"string"}},"required":["zone"]}}}]
        """;

    private const string Weather = """get_weather {"city":"example","unit":"celsius"}""";
    private const string Time = """get_time {"zone":"example"}""";

    [Theory]
    [InlineData("hi", "", Weather, "tool_calls")]
    [InlineData("Call get_time.", "", Time, "tool_calls")]
    [InlineData("Call get_weather and get_time.", "", Weather + "|" + Time, "tool_calls")]
    [InlineData("Make two calls.", "", Weather + "|" + Time, "tool_calls")]
    [InlineData("Call get_weather twice.", "", Weather + "|" + Weather, "tool_calls")]
    [InlineData("Make two calls.", ",\"parallel_tool_calls\":false", Weather, "tool_calls")]
    [InlineData("hi", ",\"tool_choice\":\"auto\"", Weather, "tool_calls")]
    [InlineData("hi", ",\"tool_choice\":\"required\"", Weather, "tool_calls")]
    [InlineData("hi", ",\"tool_choice\":\"none\"", "", "stop")]
    [InlineData("hi", ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_time\"}}", Time, "stop")]
    public async Task Tools_Given_AreCalled(string question, string choice, string calls, string finishReason)
    {
        var members = $$"""{"messages":[{"role":"user","content":"{{question}}"}],{{Tools}}{{choice}} }""";

        var (_, _, stream) = await AskAsync(function.Emulator, OpenAIPath, Chat("{}", members));
        var (_, _, whole) = await AskAsync(
            function.Emulator,
            OpenAIPath,
            Chat("{}", members.Replace("{\"messages\"", "{\"stream\":false,\"messages\"", StringComparison.Ordinal)));

        var message = JsonNode.Parse(whole)!["choices"]![0]!;
        Assert.Equal((calls, finishReason), (Join(message["message"]!["tool_calls"]!.AsArray()), (string?)message["finish_reason"]));
        var deltas = ReadEvents(stream).SelectMany(chunk => chunk["choices"]!.AsArray()).ToList();
        Assert.Equal(finishReason, (string?)deltas[^1]!["finish_reason"]);
        var pieces = deltas.SelectMany(delta => delta!["delta"]!["tool_calls"]?.AsArray() ?? []).GroupBy(call => (int)call!["index"]!);
        Assert.Equal(calls, string.Join('|', pieces.Select(call =>
            $"{(string?)call.First()!["function"]!["name"]} {string.Concat(call.Select(piece => (string?)piece!["function"]!["arguments"]))}")));
    }

    [Fact]
    public async Task ToolResult_Last_IsAnsweredWithText()
    {
        var messages =
            """[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[]},{"role":"tool","tool_call_id":"call_0","content":"20"}]""";

        var (_, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat("{}", $$"""{"stream":false,"messages":{{messages}},{{Tools}} }"""));

        var choice = JsonNode.Parse(body)!["choices"]![0]!;
        Assert.Equal("stop", (string?)choice["finish_reason"]);
        Assert.NotEmpty((string)choice["message"]!["content"]!);
    }

    [Fact]
    public async Task ToolChoice_OfUnknownFunction_IsRefused()
    {
        var (status, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat(
                "{}", $$"""{ {{Tools}},"tool_choice":{"type":"function","function":{"name":"other"} } }"""));

        Assert.Equal(400, status);
        Assert.Contains("tool_choice names a function that is not in tools.", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"integer","minimum":3},"b":{"type":"array","items":{"type":"boolean"},"minItems":2},"c":{"type":"string"}},"required":["a","b"]}""",
        """{"a":3,"b":[true,true]}""")]
    [InlineData(
        """{"$defs":{"p":{"type":"object","properties":{"n":{"type":["string","null"]}},"required":["n"]}},"type":"object","properties":{"p":{"$ref":"#/$defs/p"}},"required":["p"]}""",
        """{"p":{"n":"example"}}""")]
    [InlineData(
        """{"type":"object","properties":{"a":{"anyOf":[{"type":"number"},{"type":"null"}]},"b":{"const":"x"},"c":{"type":"string","format":"date"}},"required":["a","b","c"]}""",
        """{"a":1,"b":"x","c":"2026-01-01"}""")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}""", "{}")]
    public async Task ResponseFormat_Schema_FitsTheContent(string schema, string content)
    {
        var format = $$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{{{{schema}}}}}}}""";

        var (_, _, body) = await AskAsync(function.Emulator, OpenAIPath, Chat("""{"reasoning":""}""", format));

        var deltas = ReadEvents(body).SelectMany(chunk => chunk["choices"]!.AsArray());
        Assert.Equal(content, string.Concat(deltas.Select(choice => (string?)choice!["delta"]!["content"])));
    }

    [Fact]
    public async Task ResponseFormat_JsonObject_ReturnsAnObject()
    {
        var (_, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat("{}", """{"stream":false,"response_format":{"type":"json_object"} }"""));

        Assert.IsType<JsonObject>(JsonNode.Parse((string)JsonNode.Parse(body)!["choices"]![0]!["message"]!["content"]!));
    }

    private static string Join(JsonArray calls) =>
        string.Join('|', calls.Select(call => $"{(string?)call!["function"]!["name"]} {(string?)call["function"]!["arguments"]}"));
}
