using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Http;
using static LambdaChat.Tests.Api.Responses.ResponseReplyTests;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Tasks and results that Codex sends between its threads and agents, in items of their own.</summary>
public sealed class AgentThreadTests
{
    private const string Call = """{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}""";
    private const string ChatCall =
        """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}""";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory, Trait("reported", "R51")]
    [InlineData("""[{"type":"function_call_output","id":"fco_1","name":"create_thread","namespace":"codex_app","output":"<input>a</input>"}]""",
        """{"role":"user","content":"<input>a</input>"}""")]
    [InlineData("""[{"type":"function_call_output","call_id":null,"output":"a"},{"type":"custom_tool_call_output","call_id":"","output":"b"}]""",
        """{"role":"user","content":"a\n\nb"}""")]
    [InlineData("""[{"type":"shell_call_output","output":[{"stdout":"o"}]},{"type":"local_shell_call_output","output":"p"}]""",
        """{"role":"user","content":"[{\"stdout\":\"o\"}]\n\np"}""")]
    [InlineData("""[{"type":"function_call_output","output":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"u"}]}]""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}""")]
    // It does not take the place of a call's own output, before or after it.
    [InlineData("""[CALL,{"type":"function_call_output","output":"a"},{"type":"function_call_output","call_id":"c1","output":"r"},{"role":"user","content":"u"}]""",
        """CHAT,{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"user","content":"a\n\nu"}""")]
    [InlineData("""[CALL,{"type":"function_call_output","call_id":"c1","output":"r"},{"type":"function_call_output","output":"a"},{"role":"assistant","content":"x"}]""",
        """CHAT,{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"user","content":"a"},{"role":"assistant","content":"x"}""")]
    // Calls of other servers may have the empty id.
    [InlineData("""[{"type":"function_call","call_id":"","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"","output":"r"}]""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"","content":"r"}""")]
    public void Output_WithoutACall_IsAMessageOfTheUser(string input, string expected) => AssertMessages(input, expected);

    [Theory, Trait("reported", "R52")]
    [InlineData("""[{"type":"agent_message","author":"/root/a","recipient":"/root","content":[{"type":"input_text","text":"Message Type: FINAL_ANSWER\nPayload:\ndone"}]}]""",
        """{"role":"user","content":"Message Type: FINAL_ANSWER\nPayload:\ndone"}""")]
    [InlineData("""[{"role":"user","content":"e"},{"type":"agent_message","author":"/root","recipient":"/root/a","content":[{"type":"input_text","text":"Payload:"},{"type":"encrypted_content","encrypted_content":"count \"a\""}]},CALL]""",
        """{"role":"user","content":"e\n\nPayload:\ncount \"a\""},CHAT,{"role":"tool","tool_call_id":"c1","content":"The tool was not run."}""")]
    [InlineData("""[{"type":"agent_message","content":[{"type":"encrypted_content","encrypted_content":"gAAAAABqx"}]}]""",
        """{"role":"user","content":"[The message is encrypted for another server.]"}""")]
    public void AgentMessage_IsAMessageOfTheUser(string input, string expected) => AssertMessages(input, expected);

    [Theory]
    [InlineData("""{"type":"agent_message"}""", "input[0].content")]
    [InlineData("""{"type":"agent_message","content":[{"type":"encrypted_content"}]}""", "input[0].content[0].encrypted_content")]
    [InlineData("""{"type":"function_call_output","call_id":5,"output":"a"}""", "input[0].call_id")]
    [InlineData("""{"type":"function_call_output"}""", "input[0].output")]
    public void Item_Malformed_NamesItsField(string item, string field) => Assert.Equal(
        field, Assert.Throws<ErrorResponseException>(() => ResponseReply.Parse($$"""{"input":[{{item}}]}""")).Error.Param);

    /// <summary>Without the member, Codex sends the argument to the other agent as if it was encrypted.</summary>
    [Theory, Trait("reported", "R52")]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object","properties":{"to":{"type":"string"},"message":{"type":"string","encrypted":true}}}}""", "[]")]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object","properties":{"message":{"type":"string","encrypted":false},"encrypted":true}}}""", null)]
    [InlineData("""{"type":"function","name":"f","parameters":{"properties":[]}}""", null)]
    [InlineData("""{"type":"function","name":"f"}""", null)]
    [InlineData("""{"type":"custom","name":"f","parameters":{"properties":{"message":{"encrypted":true}}}}""", null)]
    public async Task Call_OfAToolWithAnEncryptedArgument_SaysThatNoneIs(string tool, string? expected)
    {
        var (response, _) = await ResponseReply.ReadAsync(
            [Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"""), Stop],
            $$"""{"input":"hi","tools":[{{tool}}]}""");

        Assert.Equal(expected, response["output"]![0]!["encrypted_function_args"]?.ToJsonString());
    }

    private static void AssertMessages(string input, string expected) => Assert.Equal(
        $"[{expected.Replace("CHAT", ChatCall, StringComparison.Ordinal)}]",
        JsonNode.Parse(ResponseReply.Parse($$"""{"input":{{input.Replace("CALL", Call, StringComparison.Ordinal)}}}""").ToChat().Span)!
            ["messages"]!.ToJsonString(Relaxed));
}
