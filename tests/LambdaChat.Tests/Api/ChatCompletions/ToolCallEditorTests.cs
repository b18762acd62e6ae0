using System.Text;
using System.Text.Json;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

public sealed class ToolCallEditorTests
{
    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "m");

    /// <summary>The value of <c>arguments</c> from the client, and the one that the model server receives.</summary>
    public static TheoryData<string, string> Damaged { get; } = new()
    {
        { """ "{\"city\":\"A\",}" """, """ "{\"INVALID_JSON\":\"{\\\"city\\\":\\\"A\\\",}\"}" """ },
        { """ "{\"city\":\"A" """, """ "{\"INVALID_JSON\":\"{\\\"city\\\":\\\"A\"}" """ },
        { """ "{\"a\":\"say \"x\"\"}" """, """ "{\"INVALID_JSON\":\"{\\\"a\\\":\\\"say \\\"x\\\"\\\"}\"}" """ },
        { """ "{\"a\":1}{\"a\":1}" """, """ "{\"INVALID_JSON\":\"{\\\"a\\\":1}{\\\"a\\\":1}\"}" """ },
        { """ "Paris" """, """ "{\"INVALID_JSON\":\"Paris\"}" """ },
        { """ "[1]" """, """ "{\"INVALID_JSON\":\"[1]\"}" """ },
        { """ "null" """, """ "{\"INVALID_JSON\":\"null\"}" """ },
        { """ "" """, """ "{}" """ },
        { """ " \n" """, """ "{}" """ },
        { "null", """ "{}" """ },
        { "[1]", """ "{\"INVALID_JSON\":[1]}" """ },
        { """ "{\"x\":\"\\ud83d\"}" """, """ "{\"x\":\"\\ufffd\"}" """ },
        { """ "{\"\\udc00\":\"\\ud83e\\udd14\"}" """, """ "{\"\\ufffd\":\"\\ud83e\\udd14\"}" """ },
    };

    [Theory, Trait("reported", "R49")]
    [MemberData(nameof(Damaged))]
    public void Arguments_ThatAreNoObject_AreRepaired(string arguments, string expected)
    {
        (arguments, expected) = (arguments.Trim(), expected.Trim());

        Assert.Equal(Calls(expected), Edit(Calls(arguments)));
        Assert.Equal(LegacyCall(expected), Edit(LegacyCall(arguments)));
        using var repaired = JsonDocument.Parse(JsonElement.Parse(expected).GetString()!);
        Assert.Equal(JsonValueKind.Object, repaired.RootElement.ValueKind);
    }

    /// <summary>A request may be nested more deeply than a document of the JSON library by default.</summary>
    [Fact]
    public void Arguments_ThatAreADeepList_AreRepaired()
    {
        var list = new string('[', 100) + new string(']', 100);

        Assert.Equal(Calls($$$""" "{\"INVALID_JSON\":{{{list}}}}" """.Trim()), Edit(Calls(list)));
    }

    [Theory]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{ \"a\" : [1.0,\"\u4f60\"] } "}}]}""")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a":1}}}]}""")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","arguments":"x","function":{"name":"f","arguments":"{}"}}]}""")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}","x":{"arguments":"x"}}}]}""")]
    [InlineData("""{"role":"assistant","content":"x","tool_calls":5,"function_call":[],"arguments":"x"}""")]
    [InlineData("""{"role":"assistant","content":"x","tool_calls":"\"arguments\":x","function_call":1}""")]
    [InlineData("""{"role":"user","content":"x","tool_calls":[{"id":"c","function":{"name":"f","arguments":"x"}}]}""")]
    [InlineData("""{"role":"user","content":"\"arguments","arguments":"x"}""")]
    public void Others_PassByteForByte(string message) => Assert.Equal(message, Edit(message));

    [Fact]
    public void Arguments_OneOfTwoDamagedBesideThinking_BothAreEdited()
    {
        const string Message =
            """{"role":"assistant","content":"<think>t</think>a","tool_calls":[{"function":{"arguments":"{}"}},{"function":{"arguments":"x"}}]}""";

        Assert.Equal(
            """{"role":"assistant","content":"a","tool_calls":[{"function":{"arguments":"{}"}},{"function":{"arguments":"{\"INVALID_JSON\":\"x\"}"}}]}""",
            Edit(Message, Plain with { History = ReasoningHistory.Strip }));
    }

    [Theory]
    [InlineData("""{"role":"assistant","tool_calls":[{"function":{"arguments" : "{\"a\":\"\\\"\"}"}},{"function":{"arguments":"{}"}}]}""", false)]
    [InlineData("""{"role":"user","content":"\"arguments\":x and \"arguments"}""", false)]
    [InlineData("""{"role":"user","content":["arguments","x"]}""", false)]
    [InlineData("""{"role":"assistant","tool_calls":[{"function":{"arguments":"{}"}},{"function":{"arguments" : "x"}}]}""", true)]
    public void MayEdit_WithoutDamage_LeavesTheMessagesUnread(string message, bool expected) =>
        Assert.Equal(expected, ToolCallEditor.MayEdit(Parse(message)));

    private static string Calls(string arguments) =>
        $$$"""{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{{{arguments}}}}}]}""";

    private static string LegacyCall(string arguments) =>
        $$$"""{"role":"assistant","content":null,"function_call":{"arguments":{{{arguments}}},"name":"f"}}""";

    private static RequestJson Parse(string message) =>
        RequestJson.TryParse(Encoding.UTF8.GetBytes($$"""{"messages":[{{message}}],"model":"m"}"""))!;

    private static string Edit(string message, Model? model = null)
    {
        var pieces = UpstreamChatRequest.Create(new ChatRequest(Parse(message)), model ?? Plain, isStreamed: false, wantsUsage: false);
        var edited = Encoding.UTF8.GetString([.. pieces.SelectMany(static piece => piece.ToArray())]);
        return edited["""{"messages":[""".Length..^"""],"model":"m"}""".Length];
    }
}
