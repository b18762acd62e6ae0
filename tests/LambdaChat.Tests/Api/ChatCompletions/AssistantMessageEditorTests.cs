using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

public sealed class AssistantMessageEditorTests
{
    private static readonly Model Plain = new Model("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "m");

    /// <summary>
    /// An assistant message, and the result for each value of <c>history</c>: kept, stripped, as <c>reasoning_content</c>, as
    /// <c>reasoning</c>.
    /// </summary>
    public static TheoryData<string, string, string, string> Messages { get; } = new()
    {
        {
            """{"role":"assistant","content":"a","reasoning_content":"t"}""",
            """{"role":"assistant","content":"a"}""",
            """{"role":"assistant","content":"a","reasoning_content":"t"}""",
            """{"reasoning":"t","role":"assistant","content":"a"}"""
        },
        {
            """{"role":"assistant","reasoning":"t","content":"a"}""",
            """{"role":"assistant","content":"a"}""",
            """{"reasoning_content":"t","role":"assistant","content":"a"}""",
            """{"role":"assistant","reasoning":"t","content":"a"}"""
        },
        {
            """{"reasoning":"t","reasoning_content":"t","role":"assistant","content":"a"}""",
            """{"role":"assistant","content":"a"}""",
            """{"reasoning_content":"t","role":"assistant","content":"a"}""",
            """{"reasoning":"t","role":"assistant","content":"a"}"""
        },
        {
            """{"role":"assistant","content":"<think>t\n</think>\n\na"}""",
            """{"role":"assistant","content":"a"}""",
            """{"reasoning_content":"t\n","role":"assistant","content":"a"}""",
            """{"reasoning":"t\n","role":"assistant","content":"a"}"""
        },
        {
            """{"role":"assistant","content":"\n <think></think>a </think> <think>"}""",
            """{"role":"assistant","content":"a </think> <think>"}""",
            """{"role":"assistant","content":"a </think> <think>"}""",
            """{"role":"assistant","content":"a </think> <think>"}"""
        },
        {
            """{"role":"assistant","content":"<think>x</think>a","reasoning_content":"t"}""",
            """{"role":"assistant","content":"a"}""",
            """{"role":"assistant","content":"a","reasoning_content":"t"}""",
            """{"reasoning":"t","role":"assistant","content":"a"}"""
        },
        {
            """{"role":"assistant","content":"<think>t</think>a","reasoning_content":"","reasoning":""}""",
            """{"role":"assistant","content":"a"}""",
            """{"role":"assistant","content":"a","reasoning_content":"t"}""",
            """{"role":"assistant","content":"a","reasoning":"t"}"""
        },
        {
            """{"role":"assistant","content":[{"type":"text","text":"<think>t</think>a"}],"reasoning":"t"}""",
            """{"role":"assistant","content":[{"type":"text","text":"<think>t</think>a"}]}""",
            """{"reasoning_content":"t","role":"assistant","content":[{"type":"text","text":"<think>t</think>a"}]}""",
            """{"role":"assistant","content":[{"type":"text","text":"<think>t</think>a"}],"reasoning":"t"}"""
        },
        {
            """{"role":"assistant","content":null,"tool_calls":[{"id":"1"}],"reasoning_content":"t"}""",
            """{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}""",
            """{"role":"assistant","content":null,"tool_calls":[{"id":"1"}],"reasoning_content":"t"}""",
            """{"reasoning":"t","role":"assistant","content":null,"tool_calls":[{"id":"1"}]}"""
        },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void History_EachOne_IsWhatTheModelGets(string message, string stripped, string asReasoningContent, string asReasoning)
    {
        Assert.Equal(message, Edit(message, ReasoningHistory.Keep));
        Assert.Equal(stripped, Edit(message, ReasoningHistory.Strip));
        Assert.Equal(asReasoningContent, Edit(message, ReasoningHistory.ReasoningContent));
        Assert.Equal(asReasoning, Edit(message, ReasoningHistory.Reasoning));
    }

    [Theory]
    [InlineData("""{"role":"user","content":"<think>t</think>a","reasoning_content":"t"}""")]
    [InlineData("""{ "role" : "system" , "content" : "> a\n\nb" }""")]
    [InlineData("""{"role":"tool","content":"> a\n\nb"}""")]
    [InlineData("""{"content":"> a\n\nb"}""")]
    [InlineData("""{"role":1,"content":"> a\n\nb"}""")]
    [InlineData("""{ "role" : "assistant" , "content" : "\u4f60 <think>t</think>" }""")]
    [InlineData("""{"role":"assistant","content":"<think>never closed"}""")]
    [InlineData("""{"role":"assistant","content":[{"type":"text","text":"> a\n\nb"}]}""")]
    [InlineData("""{"role":"assistant","content":null}""")]
    [InlineData("""{"role":"assistant","content":"> a\n\nb","content":"> a\n\nb"}""")]
    public void Messages_ThatHoldNoEarlierThinking_PassByteForByte(string message)
    {
        foreach (var history in Enum.GetValues<ReasoningHistory>())
        {
            Assert.Equal(message, Edit(message, history, stripsQuotes: true));
        }
    }

    [Theory]
    [InlineData("> t\n\na", "a")]
    [InlineData("> t1\n\n> t2\n\n> t3\n\na\n\n> not thinking\n\nb", "a\n\n> not thinking\n\nb")]
    [InlineData("> t1\nstill the first\n\n> t2\n\na", "a")]
    [InlineData("> t1\n\n> \n\na", "a")]
    [InlineData("> t\n\n\n\na", "a")]
    [InlineData("a\n\n> t\n\nb", "a\n\n> t\n\nb")]
    [InlineData(">t\n\na", ">t\n\na")]
    [InlineData("> all\n\n> quote", "> all\n\n> quote")]
    [InlineData("> all quote", "> all quote")]
    [InlineData("> all\n\n> quote\n\n", "> all\n\n> quote\n\n")]
    [InlineData("", "")]
    public void StripQuotes_OfAnAnswer_TakesNextChatsThinking(string content, string expected)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content }.ToJsonString();

        Assert.Equal(expected, Content(Edit(message, ReasoningHistory.Keep, stripsQuotes: true)));
        Assert.Equal(message, Edit(message, ReasoningHistory.Keep));
    }

    [Theory]
    [InlineData("Okay|, the user asks| which.\n\nCompare|:\n\n|0.80 > 0.11.\n\n|So")]
    [InlineData("One piece.")]
    [InlineData("a| b\n\nc\n\nd| e\n")]
    public void StripQuotes_OfWhatNextChatKeeps_LeavesTheAnswer(string thinking)
    {
        const string Answer = "**9.8** is greater.\n\n> a quote of its own\n\nDone ✅";
        var message = new JsonObject { ["role"] = "assistant", ["content"] = NextChat(thinking.Split('|'), Answer) }.ToJsonString();

        Assert.Equal(Answer, Content(Edit(message, ReasoningHistory.Keep, stripsQuotes: true)));
    }

    [Fact]
    public void Edit_SeveralMessages_ChangesOnlyThoseThatHoldThinking()
    {
        const string Body = """
            { "messages" : [ {"role":"user","content":"> q\n\nx"} ,
              {"role":"assistant","content":"> t\n\na"} , {"role":"assistant","content":"b"},{"content":"<think>t</think>c","role":"assistant"} ], "model":"m" }
            """;

        Assert.Equal(
            """
            {"messages":[ {"role":"user","content":"> q\n\nx"} ,
              {"role":"assistant","content":"a"} , {"role":"assistant","content":"b"},{"content":"c","role":"assistant"} ], "model":"m" }
            """,
            EditBody(Body, Plain with { History = ReasoningHistory.Strip, StripQuotes = true }));
    }

    /// <summary>As NextChat 2.16 joins a reply (app/utils/chat.ts, <c>streamWithThink</c>).</summary>
    private static string NextChat(string[] thinking, string answer)
    {
        var text = new StringBuilder("> ").Append(thinking[0]);
        foreach (var piece in thinking[1..])
        {
            text.Append(piece.Replace("\n\n", "\n\n> ", StringComparison.Ordinal));
        }

        return text.Append("\n\n").Append(answer).ToString();
    }

    private static string? Content(string message) => (string?)JsonNode.Parse(message)!["content"];

    private static string Edit(string message, ReasoningHistory history, bool stripsQuotes = false)
    {
        const string Before = """{"messages":[""";
        const string After = """],"model":"m"}""";
        var body = EditBody($"{Before}{message}{After}", Plain with { History = history, StripQuotes = stripsQuotes });
        Assert.StartsWith(Before, body, StringComparison.Ordinal);
        return body[Before.Length..^After.Length];
    }

    private static string EditBody(string body, Model model)
    {
        var request = new ChatRequest(RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!);
        var edited = UpstreamChatRequest.Create(request, model, isStreamed: false, wantsUsage: false).SelectMany(piece => piece.ToArray())
            .ToArray();
        using var document = JsonDocument.Parse(edited);
        return Encoding.UTF8.GetString(edited);
    }
}
