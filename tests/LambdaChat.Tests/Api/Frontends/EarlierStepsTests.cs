using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages.Replies;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>The earlier steps of a message that is resumed, as the parts that <c>ai</c> 5, 6 and 7 know.</summary>
public sealed class EarlierStepsTests
{
    private const string Call = "\"toolCallId\":\"c\",\"input\":{\"a\":null}";

    [Theory]
    [InlineData("""{"type":"tool-f","state":"output-available","output":null,CALL}""",
        """{"type":"tool-input-available","toolCallId":"c","toolName":"f","input":{"a":null},"providerExecuted":true}""",
        """{"type":"tool-output-available","toolCallId":"c","output":"","providerExecuted":true}""")]
    [InlineData("""{"type":"dynamic-tool","toolName":"g","state":"output-error","errorText":"e",CALL}""",
        """{"type":"tool-input-available","toolCallId":"c","toolName":"g","input":{"a":null},"providerExecuted":true,"dynamic":true}""",
        """{"type":"tool-output-error","toolCallId":"c","errorText":"e","providerExecuted":true,"dynamic":true}""")]
    [InlineData("""{"type":"tool-f","state":"output-denied","approval":{"id":"a","approved":false,"reason":"not \"now\""},CALL}""",
        """{"type":"tool-input-available","toolCallId":"c","toolName":"f","input":{"a":null},"providerExecuted":true}""",
        """{"type":"tool-output-error","toolCallId":"c","errorText":"The user refused the call: not \"now\"","providerExecuted":true}""")]
    [InlineData("""{"type":"tool-f","state":"approval-responded","approval":{"id":"a","approved":false},CALL}""",
        """{"type":"tool-input-available","toolCallId":"c","toolName":"f","input":{"a":null},"providerExecuted":true}""",
        """{"type":"tool-output-error","toolCallId":"c","errorText":"The user refused the call.","providerExecuted":true}""")]
    public void Call_WithAResult_IsInAStep(string part, params string[] expected) => Assert.Equal(
        ["""{"type":"start-step"}""", .. expected, """{"type":"finish-step"}"""], Write(part));

    [Theory]
    [InlineData("""{"type":"tool-f","state":"input-streaming",CALL}""")]
    [InlineData("""{"type":"tool-f","state":"input-available",CALL}""")]
    [InlineData("""{"type":"tool-f","state":"approval-requested",CALL}""")]
    [InlineData("""{"type":"tool-f","state":"approval-responded","approval":{"id":"a","approved":true},CALL}""")]
    [InlineData("""{"type":"tool-f","state":"output-available","toolCallId":"c","input":"{"}""")]
    [InlineData("""{"type":"tool-f","state":"output-available","toolCallId":"c","input":{"__proto__":1}}""")]
    [InlineData("""{"type":"file","mediaType":"image/png","url":"https://x"}""")]
    public void Part_WithoutAResult_IsLeftOut(string part) => Assert.Empty(Write(part));

    private static List<string> Write(string part)
    {
        var json = $$"""{"role":"assistant","parts":[{{part.Replace("CALL", Call, StringComparison.Ordinal)}}]}""";
        var events = Encoding.UTF8.GetString(EarlierSteps.Write(new RequestItem(JsonElement.Parse(json), "messages[0]")));
        return events.Length == 0 ? [] : [.. FrontendReading.Split(events)];
    }
}
