using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Tests.Api.ChatCompletions;

/// <summary>The body of a call that continues a reply.</summary>
public sealed class ContinuationRequestTests
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Continued = ",\"continue_final_message\":true,\"add_generation_prompt\":false";

    [Theory]
    [InlineData(ContinuationMode.Vllm, """{"role":"assistant","content":"It is \"so","reasoning_content":"Let\nme"}""", Continued)]
    [InlineData(ContinuationMode.SGLang, """{"role":"assistant","content":"It is \"so","reasoning_content":"Let\nme"}""",
        Continued + ",\"separate_reasoning\":false")]
    [InlineData(ContinuationMode.Prefix,
        """{"role":"assistant","content":"It is \"so","reasoning_content":"Let\nme","prefix":true}""", "")]
    [InlineData(ContinuationMode.Prefill, """{"role":"assistant","content":"It is \"so","reasoning_content":"Let\nme"}""", "")]
    internal void Answer_ThatBrokeOff_IsTheLastMessage(ContinuationMode mode, string message, string flags)
    {
        var body = Create($$"""{"messages":[{{User}}]}""", mode, Kept("Let\\nme", "It is \\\"so"))!;

        AssertJson($$"""{"model":"m","stream":true{{flags}},"messages":[{{User}},{{message}}]}""", body);
    }

    [Theory]
    [InlineData(ContinuationMode.Vllm, "Let me", "\\n")]
    [InlineData(ContinuationMode.SGLang, "Let me", "\\n")]
    [InlineData(ContinuationMode.Vllm, "\\nLet me", "\\n")] // The server leaves the tags in the text.
    [InlineData(ContinuationMode.Vllm, "\\n\\nLet me", "\\n\\n")]
    [InlineData(ContinuationMode.Vllm, "<think>\\nLet me", "\\n")] // Its parser leaves the tag in the thinking.
    [InlineData(ContinuationMode.Vllm, "\\u003cthink\\u003eLet me", "")]
    internal void Thinking_ThatBrokeOff_IsTextWithItsTag(ContinuationMode mode, string thinking, string lineFeeds)
    {
        var body = Create($$"""{"messages":[{{User}}]}""", mode, Kept(thinking, "", isInThinking: true))!;

        var message = $$"""{"role":"assistant","content":"<think>{{lineFeeds}}Let me"}""";
        AssertJson($$"""{"model":"m","stream":true{{Continued}},"messages":[{{User}},{{message}}]}""", body);
    }

    [Theory]
    [InlineData(ContinuationMode.Prefill, "")]
    [InlineData(ContinuationMode.Prefix, ",\"prefix\":true")]
    internal void Thinking_OfOtherServers_IsInItsField(ContinuationMode mode, string flags)
    {
        var body = Create($$"""{"messages":[{{User}}]}""", mode, Kept("Let me", "", isInThinking: true))!;

        AssertJson($$"""
            {"model":"m","stream":true,
             "messages":[{{User}},{"role":"assistant","content":"","reasoning_content":"Let me"{{flags}}}]}
            """, body);
    }

    [Fact]
    public void Reply_WithoutText_IsAskedForAsBefore()
    {
        var body = Create($$"""{"messages":[{{User}}],"max_tokens":5}""", ContinuationMode.Vllm, Kept("", ""))!;

        AssertJson($$"""{"model":"m","stream":true,"messages":[{{User}}],"max_tokens":5}""", body);
    }

    [Theory]
    [InlineData("\"max_tokens\":100", "\"max_tokens\":93")]
    [InlineData("\"max_completion_tokens\":1e2", "\"max_completion_tokens\":93")]
    [InlineData("\"max_tokens\":5", "\"max_tokens\":1")]
    [InlineData("\"max_tokens\":9,\"n_predict\":100", "\"max_tokens\":2,\"n_predict\":93")]
    [InlineData("\"max_tokens\":20,\"min_tokens\":10", "\"max_tokens\":13,\"min_tokens\":3")]
    [InlineData("\"min_tokens\":5", "\"min_tokens\":0")]
    public void Limits_OfTheReply_AreReducedByWhatItHas(string members, string expected)
    {
        var body = Create($$"""{"messages":[{{User}}],{{members}}}""", ContinuationMode.Prefill, Kept("", "It"))!;

        AssertJson($$"""{"model":"m","stream":true,"messages":[{{User}},{"role":"assistant","content":"It"}],{{expected}}}""", body);
    }

    [Theory]
    [InlineData("""{"maxTokens":50,"defaults":{}}""", 43)]
    [InlineData("""{"maxTokens":50,"defaults":{"max_tokens":30}}""", 23)]
    public void Limits_OfTheModel_AreReducedToo(string settings, int expected)
    {
        var json = JsonNode.Parse(settings)!;
        var model = Model with
        {
            MaxTokens = (int)json["maxTokens"]!,
            Defaults = [.. json["defaults"]!.AsObject().Select(pair =>
                KeyValuePair.Create(pair.Key, Encoding.UTF8.GetBytes(pair.Value!.ToJsonString())))],
        };

        var body = Create($$"""{"messages":[{{User}}]}""", ContinuationMode.Vllm, Kept("", "It"), model)!;

        Assert.Equal(expected, (int)JsonNode.Parse(body)!["max_tokens"]!);
    }

    [Theory]
    [InlineData("\"n\":2")]
    [InlineData("\"logprobs\":true")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"text\"}}")]
    [InlineData("\"guided_json\":{}")]
    [InlineData("\"structured_outputs\":{\"choice\":[\"a\"]}")]
    [InlineData("\"tool_choice\":\"required\"")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]")]
    public void Request_ThatCannotBeContinued_HasNoBody(string members) => Assert.False(MayContinue(members, Model));

    [Theory]
    [InlineData("\"n\":1")]
    [InlineData("\"logprobs\":false")]
    [InlineData("\"response_format\":{\"type\":\"text\"}")]
    [InlineData("\"tools\":[],\"tool_choice\":\"auto\"")]
    public void Request_OfText_HasABody(string members)
    {
        Assert.True(MayContinue(members, Model));
        Assert.False(MayContinue(members, new Model("r1", [new Target("e", null, null, "eu-west-1")], "m")));
    }

    [Fact]
    public void Body_AboveSageMakersLimit_IsNull()
    {
        var text = new string('a', RequestLimits.MaximumBytes - 1000);

        Assert.Null(Create($$"""{"messages":[{"role":"user","content":"{{text}}"}]}""", ContinuationMode.Vllm,
            Kept("", new string('b', 2000))));
    }

    private static Model Model => new("r1", [new Target("e", null, null, "eu-west-1")
    {
        Continuation = new TargetContinuation(ContinuationMode.Vllm, ContinuesThinking: true),
    }], "m");

    private static bool MayContinue(string members, Model model)
    {
        var messages = members.StartsWith("\"messages\"", StringComparison.Ordinal) ? "" : $"\"messages\":[{User}],";
        return ContinuationRequest.Prepare(Parse($"{{{messages}{members}}}"), model, wantsUsage: false) is not null;
    }

    private static string? Create(string request, ContinuationMode mode, KeptText kept, Model? model = null) =>
        ContinuationRequest.Prepare(Parse(request), model ?? Model, wantsUsage: false)!(mode, kept) is { } pieces
            ? string.Concat(pieces.Select(piece => Encoding.UTF8.GetString(piece.Span)))
            : null;

    private static ChatRequest Parse(string json) => new(RequestJson.TryParse(Encoding.UTF8.GetBytes(json))!);

    private static KeptText Kept(string thinking, string answer, bool isInThinking = false) => new("", 0)
    {
        Thinking = Encoding.UTF8.GetBytes(thinking),
        Answer = Encoding.UTF8.GetBytes(answer),
        IsInThinking = isInThinking,
        Tokens = 7,
        PromptTokens = 0,
        ThinkingTokens = 0,
    };

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
