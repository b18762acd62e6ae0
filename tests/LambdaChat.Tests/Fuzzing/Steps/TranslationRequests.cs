using System.Text;
using System.Text.Json;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>
/// Requests of all APIs whose translation could cost most: a part that is repeated, in a body with <c>REPEAT</c> and <c>TEXT</c>.
/// </summary>
public static class TranslationRequests
{
    public const string AgUi = "AG-UI";
    public const string UiMessages = "UI messages";
    public const string Responses = "Responses";
    public const string Messages = "Messages";
    public const string Chat = "Chat Completions";

    private const string Run = "{\"threadId\":\"t\",\"runId\":\"r\"";
    private const string Ask = """{"max_tokens":1,"messages":[{"role":"user","content":"x"}""";

    private static readonly Model Model = new("m", [], "") { History = ReasoningHistory.Strip };

    /// <summary>The API, what is repeated, and the body.</summary>
    public static TheoryData<string, string, string> All { get; } = new()
    {
        { AgUi, """{"id":"a","function":{"name":"f"} },""", Run + ""","messages":[{"role":"assistant","toolCalls":[REPEAT]},{"role":"tool","toolCallId":"a","content":"TEXT"}]}""" },
        { AgUi, """{"role":"assistant","toolCalls":[{"id":"a","function":{"name":"f"} }]},""", Run + ""","messages":[REPEAT,{"role":"tool","toolCallId":"a","content":"TEXT"}]}""" },
        { AgUi, """{"role":"assistant","toolCalls":[{"id":"a","function":{"name":"f"} }]},{"role":"tool","toolCallId":"a","content":"r"},""", Run + ""","messages":[REPEAT]}""" },
        { AgUi, """{"role":"user","content":[{"type":"document","source":{"type":"data","value":"AAAAAAAA","mimeType":"text/plain"} }]},""", Run + ""","messages":[REPEAT]}""" },
        { AgUi, """{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"reasoning","content":"t"},""", Run + ""","messages":[REPEAT]}""" },
        { AgUi, """{"value":{} },""", Run + ""","context":[REPEAT],"messages":[]}""" },
        { AgUi, """{"name":"f","parameters":{} },""", Run + ""","messages":[{"role":"user","content":"x"}],"tools":[REPEAT]}""" },
        { UiMessages, """{"type":"tool-f","toolCallId":"a","input":{},"state":"output-available"},""", """{"messages":[{"role":"assistant","parts":[REPEAT]}]}""" },
        { UiMessages, """{"type":"tool-f","toolCallId":"a~1","input":"{","state":"output-error","errorText":"e"},{"type":"step-start"},""", """{"messages":[{"role":"assistant","parts":[REPEAT]}]}""" },
        { UiMessages, "1,", """{"messages":[{"role":"assistant","parts":[{"type":"steering-message","parts":[REPEAT]}]}]}""" },
        { UiMessages, "{},", """{"messages":[{"role":"assistant","parts":[{"type":"steering-message","parts":[REPEAT]}]}]}""" },
        { UiMessages, """{"type":"file","url":"data:text/plain,%01%01%01%01%01%01","filename":"a"},""", """{"messages":[{"role":"user","parts":[REPEAT]}]}""" },
        { UiMessages, """{"role":"user","parts":[{"type":"text","text":"a"},{"type":"data-x","data":null}]},{"role":"assistant","parts":[]},""", """{"messages":[REPEAT]}""" },
        { Responses, """{"type":"reasoning","content":[]},""", """{"input":[REPEAT]}""" },
        { Responses, "{},", """{"input":[{"type":"reasoning","content":[REPEAT]}]}""" },
        { Responses, """{"type":"custom_tool_call","call_id":"a","name":"f","input":"\"\"\"\"\"\""},""", """{"input":[REPEAT]}""" },
        { Responses, """{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a","output":"r"},""", """{"input":[REPEAT]}""" },
        { Responses, """{"type":"function_call_output","call_id":"a","output":[{"type":"input_text","text":"r"}]},""", """{"input":[REPEAT]}""" },
        { Responses, """{"role":"developer","content":[{"type":"input_text","text":"a"}]},""", """{"input":[REPEAT]}""" },
        { Responses, """{"role":"assistant","content":[{"type":"output_text","text":"a"}]},{"role":"user","content":"b"},""", """{"input":[REPEAT]}""" },
        { Responses, "{},", """{"input":"x","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[REPEAT]}}""" },
        { Responses, """{"type":"function","name":"f","parameters":{} },""", """{"input":"x","tools":[REPEAT]}""" },
        { Responses, """{"type":"function","name":"f"},""", """{"input":"x","tools":[{"type":"namespace","name":"n","tools":[REPEAT]}]}""" },
        { Messages, "{},", Ask + """],"tools":[REPEAT]}""" },
        { Messages, """{"type":"tool_search_tool_1"},""", Ask + """],"tools":[REPEAT]}""" },
        { Messages, """{"name":"f","input_schema":{} },""", Ask + """],"tools":[REPEAT]}""" },
        { Messages, "{},", """{"max_tokens":1,"messages":[{"role":"user","content":[REPEAT]}]}""" },
        { Messages, """{"type":"text","text":"a"},""", Ask + """],"system":[REPEAT]}""" },
        { Messages, """{"type":"tool_result","tool_use_id":"a"},""", """{"max_tokens":1,"messages":[{"role":"user","content":[REPEAT]}]}""" },
        { Messages, """{"type":"tool_use","id":"a","name":"f"},""", Ask + """,{"role":"assistant","content":[REPEAT]},{"role":"user","content":"x"}]}""" },
        { Messages, """{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{} }]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"r"}]},""", Ask + """,REPEAT]}""" },
        { Messages, """{"type":"thinking","thinking":"t","signature":"s"},""", Ask + """,{"role":"assistant","content":[REPEAT]},{"role":"user","content":"x"}]}""" },
        { Chat, """{"role":"assistant","content":"<think>t</think>a"},{"role":"user","content":"b"},""", """{"messages":[REPEAT]}""" },
        { Chat, """{"role":"developer","content":"d"},{"role":"user","content":[{"type":"text","text":"a"}]},""", """{"messages":[REPEAT]}""" },
        { Chat, "\"x\":1,", """{REPEAT,"messages":[{"role":"user","content":"a"}]}""" },
    };

    /// <summary>Counts the steps of the translation of a request of about this length.</summary>
    public static long Count(string api, string repeated, string body, int length)
    {
        var text = Create(repeated, body, length);
        return StepCounter.Of(() => Translate(api, text));
    }

    /// <summary>Counts the steps of the translation of a turn with many calls, before as many turns with one call.</summary>
    public static long CountAfterALargeTurn(string api, int calls)
    {
        var body = LargeTurns.Create(api, calls);
        return StepCounter.Of(() => Assert.NotEqual(0, Translate(api, body)));
    }

    /// <summary>Creates a request of about this length.</summary>
    public static string Create(string repeated, string body, int length) => body
        .Replace("REPEAT", string.Concat(Enumerable.Repeat(repeated, length / 2 / repeated.Length)).TrimEnd(','), StringComparison.Ordinal)
        .Replace("TEXT", new string('x', length / 2), StringComparison.Ordinal);

    /// <summary>Translates a request. Returns the length of the chat completion request; 0 if it is refused.</summary>
    public static int Translate(string api, string body)
    {
        try
        {
            if (RequestJson.TryParse(Encoding.UTF8.GetBytes(body)) is not { } json)
            {
                return 0;
            }

            using var document = JsonDocument.Parse(json.Body, RequestItem.Options);
            return api switch
            {
                AgUi => new AgUiRequest(document.RootElement).ToChat().Length,
                UiMessages => new UiMessagesRequest(document.RootElement).ToChat().Length,
                Responses => new ResponsesRequest(json, document.RootElement, maximumItems: int.MaxValue).ToChat().Length,
                Messages => new MessagesRequest(json, Model).ToChat().Length,
                _ => UpstreamChatRequest.Create(new ChatRequest(json), Model, isStreamed: true, wantsUsage: true)
                    .Sum(piece => piece.Length),
            };
        }
        catch (ErrorResponseException)
        {
            return 0; // It costs as well.
        }
    }
}
