using System.Text;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Calls whose result is missing, where others have the same id: some servers count the ids of calls anew in each reply.</summary>
public sealed class UnansweredCallTests
{
    private const string Call = """{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]}""";
    private const string Result = """{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"r"}]}""";
    private const string ChatCall =
        """{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}""";

    private const string ChatResult = """{"role":"tool","tool_call_id":"c1","content":"r"}""";
    private const string NotRun = """{"role":"tool","tool_call_id":"c1","content":"The tool was not run."}""";

    [Fact]
    public void Call_WithTheIdOfAnEarlierOne_DoesNotHaveItsResult() => AssertMessages(
        $$"""{{Call}},{{Result}},{{Call}},{"role":"user","content":"a"}""",
        $$"""{{ChatCall}},{{ChatResult}},{{ChatCall}},{{NotRun}},{"role":"user","content":"a"}""");

    [Fact]
    public void Result_BeforeItsCall_IsNotItsResult() => AssertMessages(
        $$"""{{Result}},{{Call}},{"role":"user","content":"a"}""",
        $$"""{{ChatResult}},{{ChatCall}},{{NotRun}},{"role":"user","content":"a"}""");

    [Fact]
    public void Calls_OfATurnWithOneId_HaveAResultEach() => AssertMessages(
        $$"""{{Call}},{{Call}},{{Result}}""",
        $$"""{{ChatCall[..^2]}},{{ChatCall[(ChatCall.IndexOf('[', StringComparison.Ordinal) + 1)..]}},{{ChatResult}},{{NotRun}}""");

    /// <summary>A message without a block says nothing, so the turn of the assistant goes on.</summary>
    [Fact]
    public void User_WithoutABlock_DoesNotDivideATurn() => AssertMessages(
        """{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[]},{"role":"assistant","content":"c"},{"role":"user","content":"d"}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b\n\nc"},{"role":"user","content":"d"}""");

    private static void AssertMessages(string messages, string expected)
    {
        var json = RequestJson.TryParse(Encoding.UTF8.GetBytes($$"""{"max_tokens":1,"messages":[{{messages}}]}"""))!;

        Assert.Equal(
            $$"""{"messages":[{{expected}}],"max_tokens":1}""",
            Encoding.UTF8.GetString(new MessagesRequest(json, new Model("m", [], "")).ToChat().Span));
    }
}
