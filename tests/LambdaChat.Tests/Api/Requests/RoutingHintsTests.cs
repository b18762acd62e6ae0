using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Models;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Api.Requests;

public sealed class RoutingHintsTests
{
    private const string Body = """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]}""";

    private static readonly Model Plain = new("m", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "served");

    private static readonly RoutingHint Hint = new(1, 2);

    // From the first name to the last.
    private static readonly string[] Headers =
        ["X-Amzn-SageMaker-Prefix-Aware-Id", "X-Session-Id", "x-session-affinity", "X-Claude-Code-Session-Id", "session_id", "session-id"];

    [Fact]
    public void Create_AnyName_IsTheHashOfCallerAndName()
    {
        var hint = Create(Body, headers: ("X-Session-Id", "conversation-1"));

        Assert.Matches("^[0-9a-f]{32}$", hint.ToString());
        Assert.Equal(hint, Create("""{"messages":[]}""", headers: ("X-Session-Id", "conversation-1")));
        Assert.Equal(hint, Create("""{"prompt_cache_key":"conversation-1"}"""));
        Assert.Equal(hint, Create("""{"x":1}""", "conversation-1"));
        Assert.NotEqual(hint, Create(Body, headers: ("X-Session-Id", "conversation-2")));
        Assert.NotEqual(hint, Create(Body, caller: "bob", headers: ("X-Session-Id", "conversation-1")));
        Assert.NotEqual(hint, Create(Body, caller: null, headers: ("X-Session-Id", "conversation-1")));
    }

    [Fact]
    public void Create_SeveralNames_TakesTheFirst()
    {
        const string Named = """{"prompt_cache_key":"body","messages":[{"role":"user","content":"a"}]}""";
        for (var i = 0; i < Headers.Length; i++)
        {
            var headers = Headers[i..].Select(name => (name, name)).ToArray();

            Assert.Equal(Create(Body, headers[0].Item1), Create(Named, "api", headers: headers));
        }

        Assert.Equal(Create(Body, "body"), Create(Named, "api"));
        Assert.NotEqual(Create(Body, "api"), Create(Body));
    }

    [Fact]
    public void Create_RequestThatContinuesAResponse_TakesItsHintUnlessItHasAName()
    {
        var named = Read("""{"prompt_cache_key":"k"}""", "alice", Plain, []);
        var start = Read(Body, "alice", Plain, []);

        Assert.Equal<RoutingHint?>(Hint, RoutingHints.Create(start, conversation: null, new ConversationStart(start.Json), Hint));
        Assert.Equal(Create(Body, "k"), RoutingHints.Create(named, conversation: null, new ConversationStart(named.Json), Hint));
        Assert.Equal(
            Create(Body, model: Plain with { PrefixAwareId = PrefixAwareId.Caller }),
            RoutingHints.Create(
                start with { Model = Plain with { PrefixAwareId = PrefixAwareId.Caller } }, conversation: null,
                new ConversationStart(start.Json), Hint));
    }

    [Fact]
    public void Create_KeyOfTheBodyWithEscapes_IsTheSameName() =>
        Assert.Equal(Create("""{"prompt_cache_key":"caf\u00e9\/\ud83d\ude00"}"""), Create("""{"prompt_cache_key":"café/😀"}"""));

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("{\"a\":\"b\"}")]
    public void Create_KeyOfTheBodyThatIsNoName_IsIgnored(string key) =>
        Assert.Equal(Create(Body), Create($$"""{"prompt_cache_key":{{key}},{{Body[1..]}}"""));

    [Fact]
    public void Create_NameOfMoreThan512Characters_IsIgnored()
    {
        Assert.Equal(Create(Body), Create(Body, new string('你', 513), headers: ("X-Session-Id", new string('x', 513))));
        Assert.NotEqual(Create(Body), Create(Body, new string('你', 512)));
        Assert.Equal(Create(Body), Create(Body, "", headers: [("X-Session-Id", "a"), ("X-Session-Id", "b")]));
    }

    [Fact]
    public void Create_WithoutAName_IsTheStartOfTheConversation()
    {
        var hint = Create(Body);

        Assert.Equal(hint, Create(Body[..^2] + """,{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"seed":1}"""));
        Assert.NotEqual(hint, Create(Body.Replace("\"a\"", "\"b\"", StringComparison.Ordinal)));
        Assert.NotEqual(hint, Create(Body.Replace("\"s\"", "\"t\"", StringComparison.Ordinal)));
        Assert.NotEqual(hint, Create(Body, caller: "bob"));
        Assert.NotEqual(Create("""{"messages":[{"role":"system","content":"s"}]}"""),
            Create("""{"messages":[{"role":"system","content":"t"}]}"""));
    }

    [Theory]
    [InlineData("""{"messages":[{"content":"s","role":"system"},{"content":"a","name":"n","role":"user"}]}""")]
    [InlineData("""{"messages":[{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"a"}]}""")]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"text":"a","type":"text"}],"cache_control":{"type":"ephemeral","ttl":"1h"}}]}""")]
    public void Create_StartOfTheConversationInAnotherForm_IsTheSameName(string body) => Assert.Equal(Create(Body), Create(body));

    [Theory]
    [InlineData("""[{"role":"user","content":"s"},{"role":"user","content":"a"}]""")]
    [InlineData("""[{"role":"system","content":"sa"},{"role":"user","content":""}]""")]
    [InlineData("""[{"role":"system","content":"s"},{"role":"assistant","content":"a"}]""")]
    [InlineData("""[{"role":"system","content":"s"},{"role":"assistant","content":null},{"role":"user","content":"a"}]""")]
    [InlineData("""[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}]""")]
    public void Create_AnotherStart_IsAnotherName(string messages) =>
        Assert.NotEqual(Create(Body), Create($$"""{"messages":{{messages}}}"""));

    [Fact]
    public void Create_ImagesAtTheStart_DistinguishConversations()
    {
        static string Of(string url) =>
            $$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]}""";

        Assert.NotEqual(Create(Of("a")), Create(Of("b")));
    }

    [Fact]
    public void Create_ManyTextsAtTheStart_HashesTheFirst()
    {
        const string Empty = """{"text":""},""";
        static string Of(int count, string last) => $$"""
            {"messages":[{"role":"user","content":[{{string.Concat(Enumerable.Repeat(Empty, count))}}{"text":"{{last}}"}]}]}
            """;

        Assert.NotEqual(Create(Of(60, "a")), Create(Of(60, "b")));
        Assert.Equal(Create(Of(200, "a")), Create(Of(200, "b")));
    }

    [Fact]
    public void Create_RequestWithoutMessages_IsTheHintOfTheCaller()
    {
        var caller = Create(Body, model: Plain with { PrefixAwareId = PrefixAwareId.Caller });

        Assert.Equal(caller, RoutingHints.Create(Read("""{"prompt":"a"}""", "alice", Plain, []), conversation: null, start: null));
    }

    [Fact]
    public void Create_ModelSetting_ChoosesWhatSharesAHint()
    {
        var caller = Plain with { PrefixAwareId = PrefixAwareId.Caller };

        Assert.Equal(Create(Body, "a", model: caller), Create("""{"x":1}""", "b", model: caller));
        Assert.NotEqual(Create(Body, model: caller), Create(Body, caller: "bob", model: caller));
        Assert.Null(Create(Body, "a", model: Plain with { PrefixAwareId = PrefixAwareId.Off }));
    }

    [Theory]
    [InlineData("", null, true, null)]
    [InlineData(",\"prompt_cache_key\":null", null, true, null)]
    [InlineData(",\"prompt_cache_key\":\"own\"", null, false, "\"own\"")]
    [InlineData("", "\"set\"", false, "\"set\"")]
    [InlineData(",\"prompt_cache_key\":null", "\"set\"", false, "\"set\"")]
    [InlineData(",\"prompt_cache_key\":\"own\"", "\"set\"", false, "\"own\"")]
    public void HintOf_RequestOnTheOpenAIRoute_IsNullIfTheBodyHasOne(string member, string? standard, bool isSent, string? expected)
    {
        KeyValuePair<string, byte[]>[] defaults =
            standard is null ? [] : [KeyValuePair.Create("prompt_cache_key", Encoding.UTF8.GetBytes(standard))];
        var model = Plain with { Transport = Transport.OpenAI, Defaults = defaults };
        var request = new ChatRequest(Read($"{Body[..^1]}{member}}}", "alice", model, []).Json);

        var pieces = UpstreamChatRequest.Create(request, model, isStreamed: false, wantsUsage: false);
        var body = RequestJson.TryParse(pieces.SelectMany(piece => piece.ToArray()).ToArray())!;

        Assert.Equal(isSent ? Hint : null, UpstreamChatRequest.HintOf(request, model, Hint));
        Assert.Equal(expected, body.Find("prompt_cache_key") is { } found ? Encoding.UTF8.GetString(body.Value(found)) : null);
        Assert.Equal(expected is not null, body.Contains("prompt_cache_key"));
    }

    [Fact]
    public void Create_AnyTurn_AllocatesNothing()
    {
        var named = Read("""{"prompt_cache_key":"k"}""", "alice", Plain, []);
        var start = Read(Body, "alice", Plain, []);
        var conversations = new Queue<string>(Enumerable.Range(0, 100).Select(i => $"conversation {i}"));

        AllocatedMemory.AssertNone(() =>
        {
            var conversation = conversations.Dequeue();
            RoutingHints.Create(named, conversation: null, new ConversationStart(named.Json));
            RoutingHints.Create(start, conversation, new ConversationStart(start.Json));
            RoutingHints.Create(start, conversation: null, new ConversationStart(start.Json));
        });
    }

    private static RoutingHint? Create(
        string body, string? conversation = null, string? caller = "alice", Model? model = null,
        params (string Name, string Value)[] headers)
    {
        var incoming = Read(body, caller, model ?? Plain, headers);
        return RoutingHints.Create(incoming, conversation, new ConversationStart(incoming.Json));
    }

    private static IncomingRequest Read(string body, string? caller, Model model, (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new Caller(caller));
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        return new IncomingRequest(context, Body: null!, RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!, model, "m", []);
    }
}
