using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Runs of AG-UI clients as chat completion requests.</summary>
public sealed class AgUiRequestTests
{
    private const string User = """{"id":"u","role":"user","content":"hi"}""";
    private const string Call = """{"id":"ID","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}""";

    [Theory]
    [InlineData("""{"role":"system","content":"s"},{"role":"developer","content":"t"},{"role":"user","content":"a"},{"role":"activity","activityType":"x","content":{}}""",
        """{"role":"system","content":"s\n\nt"},{"role":"user","content":"a"}""")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"data","value":"AA==","mimeType":"image/png"}}]}""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"url","value":"data:image/png;base64,AA=="}}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"binary","mimeType":"image/png","data":"AA=="},{"type":"binary","mimeType":"image/gif","url":"data:image/gif;base64,AA=="}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"image_url","image_url":{"url":"data:image/gif;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"data","value":"data:image/png;base64,AA==","mimeType":"image/png"}}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"document","source":{"type":"data","value":"w6Q=","mimeType":"text/markdown; charset=utf-8"}}]}""",
        """{"role":"user","content":"ä"}""")]
    [InlineData("""{"role":"user","content":[{"type":"document","source":{"type":"data","value":"YQ==","mimeType":"text/plain"},"metadata":{"filename":"n.txt"}},{"type":"document","source":{"type":"data","value":"Yg==","mimeType":"text/plain"},"metadata":"m"},{"type":"binary","mimeType":"text/plain","data":"Yw==","filename":"o.txt"}]}""",
        """{"role":"user","content":"n.txt:\n\na\n\nb\n\no.txt:\n\nc"}""")]
    // CopilotKit before content parts.
    [InlineData("""{"role":"user","content":"a"},{"role":"user","image":{"format":"png","bytes":"AA=="}},{"role":"user","content":"","image":{"format":"jpeg","bytes":"Ag=="}}""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,Ag=="}}]}""")]
    [InlineData("""{"role":"user","content":"a","image":"x"},{"role":"user","content":"b","image":{}}""", """{"role":"user","content":"a\n\nb"}""")]
    [InlineData("""{"role":"user","content":"a"},{"role":"reasoning","content":"t","encryptedValue":"x"},{"role":"assistant","content":"b"},{"role":"reasoning"},{"role":"user","content":"c"}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"t"},{"role":"user","content":"c"}""")]
    [InlineData("""{"role":"user","content":[{"type":"document","source":{"type":"data","value":"w6Q=","mimeType":""}},{"type":"binary","mimeType":"application/octet-stream","data":"Yw==","filename":"o.rs"}]}""",
        """{"role":"user","content":"ä\n\no.rs:\n\nc"}""")]
    public void Messages_BecomeChatMessages(string messages, string expected) => AssertMessages(messages, expected);

    // Clients store the text and the calls of one reply as several messages, and may put results anywhere after them.
    [Theory]
    [Trait("Report", "CopilotKit/CopilotKit#3884")]
    [Trait("Report", "CopilotKit/CopilotKit#7277")]
    [Trait("Report", "agno-agi/agno#5447")]
    [Trait("Report", "assistant-ui/assistant-ui#1718")]
    [Trait("Report", "microsoft/agent-framework#4946")]
    [InlineData("""{"role":"assistant","content":"x"},{"role":"assistant","toolCalls":[CALL1]},{"role":"assistant","content":null,"toolCalls":[CALL2]},{"role":"tool","toolCallId":"c2","content":"r2"},{"role":"tool","toolCallId":"c1","content":"r1"},{"role":"assistant","content":"y"}""",
        """{"role":"assistant","content":"x","tool_calls":[CALL1,CALL2]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"tool","tool_call_id":"c2","content":"r2"},{"role":"assistant","content":"y"}""")]
    [InlineData("""{"role":"assistant","toolCalls":[CALL1]},{"role":"tool","toolCallId":"c1","content":"r1"},{"role":"assistant","toolCalls":[CALL2]},{"role":"tool","toolCallId":"c2","content":"","error":"boom"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"assistant","content":"","tool_calls":[CALL2]},{"role":"tool","tool_call_id":"c2","content":"boom"}""")]
    [InlineData("""{"role":"assistant","toolCalls":[CALL1,CALL2]},{"role":"tool","toolCallId":"c1","content":"part","error":"bo\"om"},{"role":"tool","toolCallId":"c2","content":"Error: boom","error":"boom"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1,CALL2]},{"role":"tool","tool_call_id":"c1","content":"part\n\nbo\"om"},{"role":"tool","tool_call_id":"c2","content":"Error: boom"}""")]
    [InlineData("""{"role":"assistant","toolCalls":[CALL1,CALL2]},{"role":"tool","toolCallId":"c1","content":"r1"},{"role":"user","content":"y"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1,CALL2]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"tool","tool_call_id":"c2","content":"The tool was not run."},{"role":"user","content":"y"}""")]
    [InlineData("""{"role":"assistant","toolCalls":[CALL1]},{"role":"user","content":"y"},{"role":"tool","toolCallId":"c1","content":"late"},{"role":"tool","toolCallId":"c1","content":"twice"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"late"},{"role":"user","content":"y"}""")]
    // A client that merges a snapshot with its own messages may have a result before its call.
    [InlineData("""{"role":"tool","toolCallId":"c1","content":"r1"},{"role":"assistant","toolCalls":[CALL1]},{"role":"user","content":"y"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"user","content":"y"}""")]
    [InlineData("""{"role":"tool","toolCallId":"c1","content":[{"type":"image","source":{"type":"data","value":"AA==","mimeType":"image/png"}}]},{"role":"assistant","toolCalls":[CALL1]}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"The file follows in the next user message."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}""")]
    // Content parts, and other JSON.
    [InlineData("""{"role":"assistant","toolCalls":[CALL1,CALL2]},{"role":"tool","toolCallId":"c1","content":[{"type":"text","text":"a\u00e4"},{"type":"text","text":"b"}]},{"role":"tool","toolCallId":"c2","content":[1]}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1,CALL2]},{"role":"tool","tool_call_id":"c1","content":"a\u00e4\n\nb"},{"role":"tool","tool_call_id":"c2","content":"[1]"}""")]
    [InlineData("""{"role":"assistant","toolCalls":[CALL1,CALL2]},{"role":"tool","toolCallId":"c1","content":[{"type":"image","source":{"type":"data","value":"AA==","mimeType":"image/png"}}]},{"role":"tool","toolCallId":"c2","content":"r2"},{"role":"user","content":"y"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1,CALL2]},{"role":"tool","tool_call_id":"c1","content":"The file follows in the next user message."},{"role":"tool","tool_call_id":"c2","content":"r2"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"text","text":"y"}]}""")]
    [InlineData("""{"role":"assistant","toolCalls":[CALL1]},{"role":"tool","toolCallId":"c1","content":"The tool was not run, because its input was cut."}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"The tool was not run, because its input was cut."}""")]
    // Two replies of a model that repeats its ids.
    [InlineData("""{"role":"assistant","toolCalls":[CALL1]},{"role":"tool","toolCallId":"c1","content":"r1"},{"role":"assistant","toolCalls":[CALL1]},{"role":"tool","toolCallId":"c1","content":"r2"}""",
        """{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"r1"},{"role":"assistant","content":"","tool_calls":[CALL1]},{"role":"tool","tool_call_id":"c1","content":"r2"}""")]
    public void Calls_OfSeveralMessages_StayWithTheirResults(string messages, string expected) =>
        AssertMessages($"{User},{WithCalls(messages)}", $$"""{"role":"user","content":"hi"},{{WithCalls(expected)}}""");

    /// <summary>The Responses and the Messages API send such results to the model, too.</summary>
    [Theory]
    [InlineData("""{"role":"tool","toolCallId":"c~2","content":"r"},{"role":"user","content":"y"}""",
        """{"role":"tool","tool_call_id":"c","content":"r"},{"role":"user","content":"y"}""")]
    [InlineData("""{"role":"user","content":"x"},{"role":"tool","toolCallId":"c","content":[{"type":"image","source":{"type":"data","value":"AA==","mimeType":"image/png"}}]},{"role":"assistant","content":"y"},{"role":"user","content":"z"}""",
        """{"role":"user","content":"x"},{"role":"tool","tool_call_id":"c","content":"The file follows in the next user message."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},{"role":"assistant","content":"y"},{"role":"user","content":"z"}""")]
    [InlineData("""{"role":"assistant","content":"x"},{"role":"tool","toolCallId":"c","content":"a"},{"role":"tool","toolCallId":"d","content":"b"}""",
        """{"role":"assistant","content":"x"},{"role":"tool","tool_call_id":"c","content":"a"},{"role":"tool","tool_call_id":"d","content":"b"}""")]
    public void Result_WhoseCallWasCutOff_StaysAMessage(string messages, string expected) => AssertMessages(messages, expected);

    [Fact]
    public void Call_WithDamagedArguments_IsAnObject() => AssertMessages(
        $$$"""{{{User}}},{"role":"assistant","toolCalls":[{"id":"c~2","type":"function","function":{"name":"f","arguments":"{\"a"}},{"id":"d","function":{"name":"g"}}]}""",
        """{"role":"user","content":"hi"},{"role":"assistant","content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"INVALID_JSON\":\"{\\\"a\"}"}},{"id":"d","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"The tool was not run."},{"role":"tool","tool_call_id":"d","content":"The tool was not run."}""");

    [Fact]
    public void Fields_OfEachKind_AreTranslatedOrIgnored() => Assert.Equal(
        """{"messages":[{"role":"system","content":"The page: \"x\"\n\n{\"a\":1}\n\nv"},{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],"stream":true}""",
        Chat($$"""
            {"threadId":"t","runId":"r","parentRunId":"p","protocolVersion":"1.0","messages":[{{User}}],"state":{"x":1},"resume":[],
             "tools":[{"name":"f","description":"d","parameters":{"type":"object"} }],"forwardedProps":{"model":"m","x":1},
             "context":[{"description":"The page","value":"\"x\""},{"value":{"a":1} },{"description":"","value":"v"}],"unknown":{} }
            """));

    [Theory]
    [InlineData("""{"forwardedProps":{"model":"m"}}""", "m")]
    [InlineData("""{"forwardedProps":{}}""", null)]
    [InlineData("""{"forwardedProps":null}""", null)]
    [InlineData("{}", null)]
    public void Model_OfTheRequest_IsFound(string json, string? expected)
    {
        var request = RequestJson.TryParse(Encoding.UTF8.GetBytes(json))!;

        Assert.Equal(expected, AgUiRequest.ModelName(request, ""));
        Assert.Equal("of/path", AgUiRequest.ModelName(request, "of/path"));
    }

    [Theory]
    [InlineData("""{"method":"info"}""", "Missing required parameter: 'messages'. Expected an array of messages, as AG-UI's HttpAgent sends it.")]
    [InlineData("""{"messages":[],"runId":"r"}""", "Missing required parameter: 'threadId'. Expected a string.")]
    [InlineData("""{"messages":[],"threadId":"t"}""", "Missing required parameter: 'runId'. Expected a string.")]
    [InlineData("""{"messages":[],"threadId":"t","runId":"r"}""",
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")]
    [InlineData("""{"messages":{},"threadId":"t","runId":"r"}""", "Invalid type for 'messages': expected an array of objects, but got an object instead.")]
    [InlineData("""{"messages":[],"threadId":"t","runId":"r","resume":[{"interruptId":"i"}]}""",
        "Invalid 'resume': it must be empty, because interrupts are not supported.")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"threadId":"t","runId":"r","tools":[{"name":"","description":"","parameters":{}}]}""",
        "Invalid 'tools[0].name': empty string. Expected a string with minimum length 1, but got an empty string instead.")]
    public void Run_Invalid_NamesTheField(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ErrorResponseException>(() => Chat(json)).Error.Message);

    [Theory]
    [InlineData("""{"role":"robot"}""",
        "Invalid value: 'robot'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', 'reasoning', and 'activity'.")]
    [InlineData("""{"content":"x"}""",
        "Missing required parameter: 'messages[0].role'. Expected one of 'system', 'developer', 'user', 'assistant', 'tool', 'reasoning', or 'activity'.")]
    [InlineData("""{"role":"user"}""",
        "Missing required parameter: 'messages[0].content'. Expected a string or an array of objects.")]
    [InlineData("""{"role":"user","image":{}}""",
        "Missing required parameter: 'messages[0].content'. Expected a string or an array of objects.")]
    [InlineData("""{"role":"user","image":{"bytes":"AA=="}}""", "Missing required parameter: 'messages[0].image.format'. Expected a string.")]
    [InlineData("""{"role":"user","content":{}}""",
        "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an object instead.")]
    [InlineData("""{"role":"user","content":[{"type":"x"}]}""",
        "Invalid value: 'x'. Supported values are: 'text', 'image', and 'document'.")]
    [InlineData("""{"role":"user","content":[{"type":"image"}]}""",
        "Missing required parameter: 'messages[0].content[0].source'. Expected an object.")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"url","value":"http://169.254.169.254/","mimeType":"image/png"}}]}""",
        "Invalid 'messages[0].content[0].source.value': a file of type image/png must be a data URL, because its content is sent in the request.")]
    [InlineData("""{"role":"user","content":[{"type":"audio","source":{"type":"data","value":"AA==","mimeType":"audio/wav"}}]}""",
        "Invalid 'messages[0].content[0]': files of type audio/wav are not supported, only images and texts.")]
    [InlineData("""{"role":"user","content":[{"type":"binary","mimeType":"application/octet-stream","data":"AA=="}]}""",
        "Invalid 'messages[0].content[0]': files of type application/octet-stream are not supported, only images and texts.")]
    [InlineData("""{"role":"user","content":[{"type":"audio","source":{"type":"data","value":"AA=="}}]}""",
        "Missing required parameter: 'messages[0].content[0].source.mimeType'. Expected a media type.")]
    [InlineData("""{"role":"user","content":[{"type":"image","source":{"type":"id","value":"x"}}]}""",
        "Invalid value: 'id'. Supported values are: 'data' and 'url'.")]
    [InlineData("""{"role":"user","content":[{"type":"binary","mimeType":"image/png","id":"x"}]}""",
        "Invalid 'messages[0].content[0]': a file of type image/png must contain its data: ids of files are not supported.")]
    [InlineData("""{"role":"assistant","toolCalls":[{"id":"c","function":{"name":"f"}}]},{"role":"tool","toolCallId":"c","content":[{"type":"text","text":"a"},{"type":"video","source":{"type":"data","value":"AA==","mimeType":"video/mp4"}}]}""",
        "Invalid 'messages[1].content[1]': files of type video/mp4 are not supported, only images and texts.")]
    [InlineData("""{"role":"assistant","toolCalls":[{"id":"c"}]}""",
        "Missing required parameter: 'messages[0].toolCalls[0].function'. Expected an object.")]
    public void Message_Invalid_NamesTheField(string message, string expected) => Assert.Equal(
        expected,
        Assert.Throws<ErrorResponseException>(() => Chat($$"""{"threadId":"t","runId":"r","messages":[{{message}}]}""")).Error.Message);

    private static string WithCalls(string messages) => messages
        .Replace("CALL1", Call.Replace("ID", "c1", StringComparison.Ordinal), StringComparison.Ordinal)
        .Replace("CALL2", Call.Replace("ID", "c2", StringComparison.Ordinal), StringComparison.Ordinal);

    private static void AssertMessages(string messages, string expected)
    {
        var chat = Chat($$"""{"threadId":"t","runId":"r","messages":[{{messages}}]}""");

        Assert.Equal($$"""{"messages":[{{expected}}],"stream":true}""", chat);
        Assert.NotNull(JsonNode.Parse(chat));
    }

    private static string Chat(string json) => Encoding.UTF8.GetString(new AgUiRequest(JsonDocument.Parse(json).RootElement).ToChat().Span);
}
