using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

public sealed class NullMembersTests
{
    private const string User = """{"role":"user","content":"hi"}""";

    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "m");

    [Theory]
    [InlineData(""","stream":null,"stop":null,"seed":1,"response_format":null""", ""","seed":1""")]
    [InlineData(""", "max_tokens" : null""", "")]
    [InlineData(""","logit_bias":{"a":null}""", ""","logit_bias":{"a":null}""")]
    public void Request_NullFields_AreLeftOut(string fields, string expected) =>
        Assert.Equal(
            $$"""{"messages":[{{User}}],"model":"m"{{expected}}}""", Edit($"[{User}]", $""","model":"x"{fields}"""));

    [Fact]
    public void Request_NullFieldWithADefault_GetsTheDefault()
    {
        var model = Plain with { Defaults = [KeyValuePair.Create("seed", "7"u8.ToArray())] };

        Assert.Equal(
            $$"""{"messages":[{{User}}],"model":"m","seed":7}""",
            Edit($"[{User}]", ""","model":"x","seed":null,"top_p":null""", model));
    }

    /// <summary>SGLang rejects <c>"strict":null</c>: https://github.com/sgl-project/sglang/issues/36194</summary>
    [Theory]
    [InlineData(
        """{"type":"function","function":{"name":"f","strict":null,"parameters":{"type":"object","default":null}}}""",
        """{"type":"function","function":{"name":"f","parameters":{"type":"object","default":null}}}""")]
    [InlineData(
        """{"type": "function", "function": {"description": null, "name": "f", "parameters": null}}""",
        """{"type": "function", "function": {"name": "f"}}""")]
    [InlineData("""{"type":"function","function":null}""", """{"type":"function","function":null}""")]
    public void Tool_NullFieldsOfTheFunction_AreLeftOut(string tool, string expected) =>
        Assert.Equal(
            $$"""{"messages":[{{User}}],"tools":[{{expected}}],"model":"m"}""",
            Edit($"[{User}]", $$""","tools":[{{tool}}],"model":"x" """));

    [Theory]
    [InlineData("""{"role":"user","content":"a","name":null}""", """{"role":"user","content":"a"}""")]
    [InlineData(
        """{"role": "assistant", "content": "a", "refusal": null, "tool_calls": null, "audio" : null}""",
        """{"role": "assistant", "content": "a"}""")]
    [InlineData("""{"name":null,"role":"tool","tool_call_id":"1","content":"a"}""", """{"role":"tool","tool_call_id":"1","content":"a"}""")]
    [InlineData("""{"role":"system","content":"a","name":null}""", """{"role":"system","content":"a"}""")]
    [InlineData("""{"role":"assistant","content":null}""", """{"role":"assistant","content":null}""")]
    [InlineData("""{"role":"assistant","content":null,"refusal":null}""", """{"role":"assistant","content":null}""")]
    [InlineData("""{"role":"user","content":"\"name\":null"}""", """{"role":"user","content":"\"name\":null"}""")]
    [InlineData("""{"role":"user","content":[{"text":null}],"x":1}""", """{"role":"user","content":[{"text":null}],"x":1}""")]
    public void Message_NullFieldsExceptTheContent_AreLeftOut(string message, string expected) =>
        Assert.Equal(
            $$"""{"messages":[{{User}},{{expected}},{{User}}],"model":"m"}""", Edit($"[{User},{message},{User}]", ""","model":"x" """));

    [Fact]
    public void Messages_NullFieldsBesideOtherEdits_AreLeftOut()
    {
        const string System = """{"role":"system","content":"s","name":null},{"role":"developer","content":"d","name":null}""";
        const string Answer = """{"role":"assistant","content":"<think>t</think>a","refusal":null,"reasoning":null}""";
        var model = Plain with { History = ReasoningHistory.Reasoning };

        Assert.Equal(
            """{"messages":[{"role":"system","content":"s\n\nd"},{"role":"assistant","content":"a","reasoning":"t"}],"model":"m"}""",
            Edit($"[{System},{Answer}]", ""","model":"x" """, model));
    }

    [Theory]
    [InlineData("""[{"content":null}]""", false)]
    [InlineData("""[{"content" : null},"null",null,{"a":"x: null"},{"a":"\"x\":null"}]""", false)]
    [InlineData("""[{"content":null},{"name" :null}]""", true)]
    public void MayHave_WithoutANullField_LeavesTheMessagesUnread(string json, bool expected) =>
        Assert.Equal(expected, NullMembers.MayHave(Encoding.UTF8.GetBytes(json)));

    private static string Edit(string messages, string fields, Model? model = null)
    {
        var json = RequestJson.TryParse(Encoding.UTF8.GetBytes($$"""{"messages":{{messages.Trim()}}{{fields.Trim()}}}"""))!;
        var pieces = UpstreamChatRequest.Create(new ChatRequest(json), model ?? Plain, isStreamed: false, wantsUsage: false);
        return Encoding.UTF8.GetString([.. pieces.SelectMany(static piece => piece.ToArray())]);
    }
}
