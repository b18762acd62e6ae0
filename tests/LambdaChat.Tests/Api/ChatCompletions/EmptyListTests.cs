using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

/// <summary>Empty lists of clients, which mean nothing. Model servers reject some of them.</summary>
public sealed class EmptyListTests
{
    private const string User = """{"role":"user","content":"hi"}""";

    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "m");

    /// <summary>Xcode sends an empty list of tools: https://github.com/local-inference-lab/vllm/pull/193.</summary>
    [Theory]
    [InlineData(""","tools":[]""", "", false)]
    [InlineData(""","tools":[],"tool_choice":"auto" """, "", false)]
    [InlineData(""","tool_choice":"none","tools":[],"seed":1""", ""","seed":1""", false)]
    [InlineData(""","tools":null,"tool_choice":"auto" """, "", false)]
    [InlineData(""","tool_choice":"auto" """, "", false)]
    [InlineData(""","tools":[],"tool_choice":null""", "", false)]
    [InlineData(""","tools":[],"tool_choice":"required" """, ""","tool_choice":"required" """, false)]
    [InlineData(""","tools":[{"type":"function"}],"tool_choice":"auto" """, ""","tools":[{"type":"function"}],"tool_choice":"auto" """, true)]
    public void Tools_EmptyList_IsRemovedWithAChoiceThatNeedsNone(string fields, string expected, bool hasTools)
    {
        var (request, body) = Edit($"[{User}]", fields.TrimEnd());

        Assert.Equal(Sorted($$"""{"messages":[{{User}}],"model":"m"{{expected.TrimEnd()}}}"""), Sorted(body));
        Assert.Equal(hasTools, request.HasTools);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":"a","tool_calls":[]}""", """{"role":"assistant","content":"a"}""")]
    [InlineData("""{"role":"assistant","tool_calls":[],"content":[]}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"role": "assistant", "content": "a", "tool_calls" : []}""", """{"role": "assistant", "content": "a"}""")]
    [InlineData("""{"role":"assistant","content":[]}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"role":"assistant","content":[],"tool_calls":[{"id":"1"}]}""",
        """{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}""")]
    [InlineData("""{"role":"assistant","content":"\"tool_calls\":[]"}""", """{"role":"assistant","content":"\"tool_calls\":[]"}""")]
    [InlineData("""{"role":"tool","tool_call_id":"1","content":[]}""", """{"role":"tool","tool_call_id":"1","content":[]}""")]
    public void AssistantMessage_EmptyList_IsRemoved(string message, string expected) =>
        Assert.Equal(
            $$"""{"messages":[{{User}},{{expected}},{{User}}],"model":"m"}""", Edit($"[{User},{message},{User}]", fields: "").Body);

    /// <summary>SillyTavern sends an empty list of stop sequences.</summary>
    [Fact]
    public void Stop_EmptyList_NeedsNoNonStreamingCall() =>
        Assert.False(Edit($"[{User}]", ""","stop":[]""").Request.NeedsNonStreamingCall);

    private static string Sorted(string json) => string.Join(',', json.Trim('{', '}').Split(',').Order(StringComparer.Ordinal));

    private static (ChatRequest Request, string Body) Edit(string messages, string fields)
    {
        var json = RequestJson.TryParse(Encoding.UTF8.GetBytes($$"""{"messages":{{messages}}{{fields}}}"""))!;
        var request = new ChatRequest(json);
        var pieces = UpstreamChatRequest.Create(request, Plain, isStreamed: false, wantsUsage: false);
        return (request, Encoding.UTF8.GetString([.. pieces.SelectMany(static piece => piece.ToArray())]));
    }
}
