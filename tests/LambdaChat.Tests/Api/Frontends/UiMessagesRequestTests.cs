using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Http;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Requests of the AI SDK's chat transport as chat completion requests.</summary>
public sealed class UiMessagesRequestTests
{
    private const string User = """{"id":"u","role":"user","parts":[{"type":"text","text":"hi"}]}""";

    [Theory]
    // Texts of a message, and adjacent messages, are one. Parts for the page only are left out.
    [InlineData("""{"role":"user","parts":[{"type":"text","text":"a\"\u00e4"},{"type":"data-x","data":null},{"type":"text","text":"b"}]},{"role":"user","parts":[{"type":"text","text":"c"}]}""",
        """{"role":"user","content":"a\"\u00e4\n\nb\n\nc"}""")]
    [InlineData("""{"role":"system","parts":[{"type":"text","text":"s"}]},{"role":"user","parts":[{"type":"text","text":"a"}]},{"role":"system","parts":[{"type":"text","text":"t"}]}""",
        """{"role":"system","content":"s\n\nt"},{"role":"user","content":"a"}""")]
    [InlineData("""{"role":"user","parts":[{"type":"text","text":"a"},{"type":"file","mediaType":"image/png","url":"data:image/png;base64,AA=="},{"type":"text","text":"b"}]}""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"text","text":"b"}]}""")]
    [InlineData("""{"role":"user","parts":[{"type":"file","url":"DATA:image\/png;base64,AA=="}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"DATA:image\/png;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","parts":[{"type":"file","mediaType":"text/plain","filename":"n.txt","url":"data:text/plain;base64,w6Qi"},{"type":"file","mediaType":"application/json","url":"data:,%7B%7D"}]}""",
        """{"role":"user","content":"n.txt:\n\nä\"\n\n{}"}""")]
    [InlineData("""{"role":"user","parts":[{"type":"file","mediaType":"","url":"data:text/x-python;base64,YQ=="},{"type":"file","url":"data:;charset=utf-8,b%20c"},{"type":"file","url":"data:,d"}]}""",
        """{"role":"user","content":"a\n\nb c\n\nd"}""")]
    // Browsers know no type for most source code.
    [InlineData("""{"role":"user","parts":[{"type":"file","mediaType":"","filename":"a.py","url":"data:application/octet-stream;base64,w6Q="},{"type":"file","mediaType":"Application/Octet-Stream","url":"data:,b"}]}""",
        """{"role":"user","content":"a.py:\n\nä\n\nb"}""")]
    // A media type without its second half.
    [InlineData("""{"role":"user","parts":[{"type":"file","mediaType":"image","url":"data:image/png;base64,AA=="},{"type":"file","mediaType":"image/*","url":"data:;base64,AA=="}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"image_url","image_url":{"url":"data:;base64,AA=="}}]}""")]
    [InlineData("""{"role":"user","parts":[{"type":"file","mediaType":"text","url":"data:application/json,1"},{"type":"file","mediaType":"text/*","url":"data:,2"}]}""",
        """{"role":"user","content":"1\n\n2"}""")]
    // A reply with thinking, which a model gets back or not by its settings. Sources and files of a reply are left out.
    [InlineData("""{"role":"user","parts":[{"type":"text","text":"a"}]},{"role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"t"},{"type":"text","text":"b"},{"type":"source-url","url":"u"},{"type":"file","mediaType":"image/png","url":"https://x"},{"type":"custom"}]},{"role":"user","parts":[{"type":"text","text":"c"}]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"t"},{"role":"user","content":"c"}""")]
    // A reply that was stopped before its text.
    [InlineData("""{"role":"user","parts":[{"type":"text","text":"a"}]},{"role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"t"}]},{"role":"user","parts":[{"type":"text","text":"b"}]}""",
        """{"role":"user","content":"a\n\nb"}""")]
    [InlineData("""{"role":"user","parts":[{"type":"text","text":"a"}]},{"role":"assistant","parts":[{"type":"text","text":"b"},{"type":"steering-message","parts":[{"type":"text","text":"c"}]},{"type":"text","text":"d"}]}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"}""")]
    public void Messages_BecomeChatMessages(string messages, string expected) => AssertMessages(messages, expected);

    [Theory]
    [Trait("Report", "vercel/ai#9980")]
    [Trait("Report", "vercel/ai#11830")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-available","input":{"x":"\"\u00e4"},"output":"r"}""", """{\"x\":\"\\\"\\u00e4\"}""", "r")]
    [InlineData("""{"type":"dynamic-tool","toolName":"f","toolCallId":"c1","state":"output-available","input":{},"output":{"a":"b"}}""", "{}", """{\"a\":\"b\"}""")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-available"}""", "{}", "")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1~2","state":"output-available","input":null,"output":7}""", "{}", "7")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-error","input":"{\"a\":1}","errorText":"boom"}""", """{\"a\":1}""", "boom")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-error","rawInput":"{\"a","errorText":"boom"}""", """{\"INVALID_JSON\":\"{\\\"a\"}""", "boom")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-error","input":[1],"errorText":"boom"}""", """{\"INVALID_JSON\":[1]}""", "boom")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-error","input":{}}""", "{}", "The tool failed.")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"output-denied","input":{},"approval":{"id":"a","approved":false,"reason":"no"}}""", "{}", "The user refused the call: no")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"approval-responded","input":{},"approval":{"id":"a","approved":false}}""", "{}", "The user refused the call.")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"approval-responded","input":{},"approval":{"id":"a","approved":true}}""", "{}", "The tool was not run.")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"approval-requested","input":{}}""", "{}", "The tool was not run.")]
    [InlineData("""{"type":"tool-f","toolCallId":"c1","state":"input-available","input":{}}""", "{}", "The tool was not run.")]
    public void Call_InEachState_HasAResult(string part, string arguments, string result) => AssertMessages(
        $$"""{{User}},{"role":"assistant","parts":[{"type":"step-start"},{{part}},{"type":"step-start"},{"type":"text","text":"b"}]}""",
        $$$"""{"role":"user","content":"hi"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{{{arguments}}}"}}]},{"role":"tool","tool_call_id":"c1","content":"{{{result}}}"},{"role":"assistant","content":"b"}""");

    [Fact]
    public void Call_ThatWasCut_IsLeftOut() => AssertMessages(
        $$"""{{User}},{"role":"assistant","parts":[{"type":"text","text":"b"},{"type":"tool-f","toolCallId":"c1","state":"input-streaming","input":{} }]}""",
        """{"role":"user","content":"hi"},{"role":"assistant","content":"b"}""");

    // Two steps of a model that counts its ids anew in each reply, and two calls of one step with the same id.
    [Fact]
    public void CallIds_ThatWereRenamed_AreMappedBack()
    {
        const string Part = """{"type":"tool-f","toolCallId":"NAME","state":"output-available","input":{},"output":"NAME"}""";
        string[] names = ["call_1", "call_1~2", "call_1~3"];
        var parts = names.Select(name => Part.Replace("NAME", name, StringComparison.Ordinal)).ToArray();

        AssertMessages(
            $$"""{{User}},{"role":"assistant","parts":[{{parts[0]}},{"type":"step-start"},{{parts[1]}},{{parts[2]}}]}""",
            $"{{\"role\":\"user\",\"content\":\"hi\"}},{Message(Tool("call_1"))},{Result("call_1", "call_1")}," +
                $"{Message(Tool("call_1") + "," + Tool("call_1~3"))},{Result("call_1", "call_1~2")},{Result("call_1~3", "call_1~3")}");

        static string Message(string calls) => $$"""{"role":"assistant","content":"","tool_calls":[{{calls}}]}""";
        static string Tool(string id) => $$$"""{"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":"{}"}}""";
        static string Result(string id, string text) => $$"""{"role":"tool","tool_call_id":"{{id}}","content":"{{text}}"}""";
    }

    [Theory]
    [InlineData("call_1~2", "call_1")]
    [InlineData("functions.f:0", "functions.f:0")]
    [InlineData("~2", "~2")]
    [InlineData("a~", "a~")]
    [InlineData("a~x", "a~x")]
    public void CallId_Taken_IsTheModels(string id, string expected)
    {
        var ids = new LambdaChat.Api.Requests.Conversations.ToolCallIds();

        Assert.Equal(expected, ids.Take(id));
        Assert.Equal(id == expected ? $"{id}~2" : expected, ids.MakeUnique(expected));
    }

    [Fact]
    public void Fields_OfAssistantUi_AreTranslatedOrIgnored() => Assert.Equal(
        """{"messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}],"max_tokens":9,"temperature":0.5,"top_p":1,"top_k":40,"presence_penalty":0.1,"frequency_penalty":0.2,"seed":7,"stop":["a"],"tools":[{"type":"function","function":{"name":"f\"","description":"d","parameters":{"type":"object"}}},{"type":"function","function":{"name":"g"}},{"type":"function","function":{"name":"h","parameters":{"a":1}}}],"stream":true}""",
        Chat($$"""
            {"id":"chat","trigger":"submit-message","messageId":null,"messages":[{{User}}],"system":"be kind","metadata":{"x":1},"page":[],
             "tools":{"f\"":{"description":"d","parameters":{"type":"object"} },"g":{},"h":{"inputSchema":{"a":1} } },"config":{"apiKey":"k","baseUrl":"https://x","modelName":"m"},
             "callSettings":{"maxTokens":9,"temperature":0.5,"topP":1,"topK":40,"presencePenalty":0.1,"frequencyPenalty":0.2,"seed":7,
             "stopSequences":["a"],"headers":{"x":"y"} } }
            """));

    [Theory]
    [InlineData("""{"callSettings":{"maxTokens":9,"maxOutputTokens":5}""", 5)]
    [InlineData("""{"callSettings":{"maxTokens":9,"maxOutputTokens":null}""", 9)]
    public void Limit_OfEitherName_IsSent(string settings, int expected) =>
        Assert.Equal(expected, (int?)JsonNode.Parse(Chat($$"""{{settings}},"messages":[{{User}}]}"""))!["max_tokens"]);

    [Theory]
    [InlineData("""{"model":"m"}""", "m")]
    [InlineData("""{"model":"m","config":{"modelName":"n"}}""", "m")]
    [InlineData("""{"model":"","config":{"modelName":"n"}}""", "n")]
    [InlineData("""{"config":{"modelName":"n"}}""", "n")]
    [InlineData("""{"config":{"modelName":null}}""", null)]
    [InlineData("""{"config":"n"}""", null)]
    [InlineData("{}", null)]
    public void Model_OfTheRequest_IsFound(string json, string? expected) =>
        Assert.Equal(expected, UiMessagesRequest.ModelName(RequestJson.TryParse(Encoding.UTF8.GetBytes(json))!));

    [Theory]
    [InlineData("""{"model":7}""", "Invalid type for 'model': expected a string, but got an integer instead.")]
    [InlineData("""{"config":{"modelName":7}}""", "Invalid type for 'config.modelName': expected a string, but got an integer instead.")]
    public void Model_OfAnotherType_IsRefused(string json, string message) => Assert.Equal(message, Assert.Throws<ErrorResponseException>(
        () => UiMessagesRequest.ModelName(RequestJson.TryParse(Encoding.UTF8.GetBytes(json))!)).Error.Message);

    [Theory]
    [Trait("Report", "vercel/ai#7218")]
    [Trait("Report", "vercel/ai#7230")]
    [Trait("Report", "vercel/ai#7717")]
    [Trait("Report", "mastra-ai/mastra#12745")]
    [Trait("Report", "cloudflare/agents#561")]
    [InlineData("submit-message", "assistant", "a1", "a1")]
    [InlineData("submit-message", "user", "u1", null)]
    [InlineData("regenerate-message", "assistant", "a1", null)]
    public void Reply_AfterAToolRound_ContinuesItsMessage(string trigger, string role, string id, string? expected)
    {
        var request = Parse($$"""{"trigger":"{{trigger}}","messages":[{{User}},{"id":"{{id}}","role":"{{role}}","parts":[{"type":"text","text":"x"}]}]}""");

        Assert.Equal(expected, request.ContinuedId);
    }

    [Theory]
    [Trait("Report", "YunaiV/ruoyi-vue-pro#1177")]
    [InlineData("""{}""", "Missing required parameter: 'messages'. Expected an array of at least one UIMessage.")]
    [InlineData("""{"messages":"x"}""", "Invalid type for 'messages': expected an array of objects, but got a string instead.")]
    [InlineData("""{"messages":[]}""",
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"data-x"}]}]}""",
        "Invalid 'messages': besides the system messages, at least one must have a text, a file or a tool call.")]
    [InlineData("""{"messages":[{"role":"system","parts":[{"type":"text","text":"s"}]}]}""",
        "Invalid 'messages': besides the system messages, at least one must have a text, a file or a tool call.")]
    [InlineData("""{"messages":["x"]}""", "Invalid type for 'messages[0]': expected an object, but got a string instead.")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""",
        "Missing required parameter: 'messages[0].parts'. Expected an array of message parts.")]
    [InlineData("""{"messages":[{"role":"user","parts":{}}]}""",
        "Invalid type for 'messages[0].parts': expected an array of objects, but got an object instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":["x"]}]}""",
        "Invalid type for 'messages[0].parts[0]': expected an object, but got a string instead.")]
    [InlineData("""{"messages":[{"role":"tool","parts":[]}]}""",
        "Invalid value: 'tool'. Supported values are: 'system', 'user', and 'assistant'.")]
    [InlineData("""{"messages":[{"parts":[]}]}""", "Missing required parameter: 'messages[0].role'. Expected one of 'system', 'user', or 'assistant'.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text"}]}]}""",
        "Missing required parameter: 'messages[0].parts[0].text'. Expected a string.")]
    [InlineData("""{"messages":[{"role":"assistant","parts":[{"type":"tool-f","state":"output-available"}]}]}""",
        "Missing required parameter: 'messages[0].parts[0].toolCallId'. Expected a string.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"image/png","url":"https://x/y.png"}]}]}""",
        "Invalid 'messages[0].parts[0].url': a file of type image/png must be a data URL, because its content is sent in the request.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","url":"file:///etc/passwd"}]}]}""",
        "Invalid 'messages[0].parts[0].url': a file of type unknown must be a data URL, because its content is sent in the request.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"application/pdf","url":"data:application/pdf;base64,AA=="}]}]}""",
        "Invalid 'messages[0].parts[0]': files of type application/pdf are not supported, only images and texts.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"","url":"data:application/octet-stream;base64,YQA="}]}]}""",
        "Invalid 'messages[0].parts[0]': files of type application/octet-stream are not supported, only images and texts.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"","url":"data:;base64,/w=="}]}]}""",
        "Invalid 'messages[0].parts[0]': files of type unknown are not supported, only images and texts.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"","url":"data:;base64,%"}]}]}""",
        "Invalid 'messages[0].parts[0]': the content must be UTF-8 text, encoded as Base64.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"images","url":"data:,x"}]}]}""",
        "Invalid 'messages[0].parts[0]': files of type images are not supported, only images and texts.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"text/plain","url":"data:text/plain;base64,/w=="}]}]}""",
        "Invalid 'messages[0].parts[0]': the content must be UTF-8 text, encoded as Base64.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"text/plain","url":"data:text/plain;base64,%"}]}]}""",
        "Invalid 'messages[0].parts[0]': the content must be UTF-8 text, encoded as Base64.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"image/png","url":"data:image/png"}]}]}""",
        "Invalid 'messages[0].parts[0].url': a data URL must have a comma before its content.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"file","mediaType":"text/plain","url":"data:text/plain"}]}]}""",
        "Invalid 'messages[0].parts[0].url': a data URL must have a comma before its content.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"tools":[]}""",
        "Invalid type for 'tools': expected an object, but got an array instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"tools":{"f":1}}""",
        "Invalid type for 'tools.f': expected an object, but got an integer instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"tools":{"f":{},"":{"parameters":{}}}}""",
        "Invalid 'tools': the name of a tool is empty.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"callSettings":{"temperature":"x"}}""",
        "Invalid type for 'callSettings.temperature': expected a decimal, but got a string instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"callSettings":{"maxTokens":0}}""",
        "Invalid 'callSettings.maxTokens': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"callSettings":{"maxTokens":9,"maxOutputTokens":1.5}}""",
        "Invalid type for 'callSettings.maxOutputTokens': expected an integer, but got a decimal number instead.")]
    [InlineData("""{"messages":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"callSettings":{"stopSequences":["x",5]}}""",
        "Invalid type for 'callSettings.stopSequences[1]': expected a string, but got an integer instead.")]
    public void Request_Invalid_NamesTheField(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ErrorResponseException>(() => Chat(json)).Error.Message);

    private static void AssertMessages(string messages, string expected)
    {
        var chat = Chat($$"""{"messages":[{{messages}}]}""");

        Assert.Equal($$"""{"messages":[{{expected}}],"stream":true}""", chat);
        Assert.NotNull(JsonNode.Parse(chat));
    }

    private static string Chat(string json) => Encoding.UTF8.GetString(Parse(json).ToChat().Span);

    private static UiMessagesRequest Parse(string json) => new(JsonDocument.Parse(json).RootElement);
}
