using System.Text;
using System.Text.Json;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

public sealed class MessageEditorTests
{
    private const string User = """{"role":"user","content":"hi"}""";

    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "m");

    /// <summary>The messages of the client, and those that the model receives.</summary>
    public static TheoryData<string, string> Developer { get; } = new()
    {
        { $$"""{"role":"developer","content":"d"},{{User}}""", $$"""{"role":"system","content":"d"},{{User}}""" },
        { $$"""{"content":[{"type":"text","text":"d"}],"name":"n","role" : "developer"},{{User}}""",
            $$"""{"content":[{"type":"text","text":"d"}],"name":"n","role" : "system"},{{User}}""" },
        { $$"""{"role":"system","content":"s"},{"role":"developer","content":"d\"\u4f60"},{{User}}""",
            $$"""{"role":"system","content":"s\n\nd\"\u4f60"},{{User}}""" },
        { $$"""{{User}},{"role":"developer","content":"d"}""", $$"""{"role":"system","content":"d"},{{User}}""" },
        { $$"""{{User}} , {"role":"developer","content":"d"} , {{User}}""", $$"""{"role":"system","content":"d"},{{User}} , {{User}}""" },
        { $$"""{"role":"developer","content":"a"},{{User}},{"role":"system","content":"b"},{"role":"developer","content":"c"}""",
            $$"""{"role":"system","content":"a\n\nb\n\nc"},{{User}}""" },
        { $$"""{"role":"system","content":"a"},{{User}},{"role":"developer","content":"b"},{{User}},{"role":"developer","content":"b"}""",
            $$"""{"role":"system","content":"a\n\nb"},{{User}},{{User}}""" },
        { $$"""{"role":"developer","content":["a"]},{{User}},{"role":"developer","content":["a"]}""",
            $$"""{"role":"system","content":["a"]},{{User}}""" },
        { """{"role":"developer","content":"a"},{"role":"developer","content":"b"}""", """{"role":"system","content":"a\n\nb"}""" },
        {
            $$"""{"role":"system","content":[{"type":"text","text":"a"}]},{"role":"developer","content":"b"},{"role":"developer","content":[]},{{User}}""",
            $$"""{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{{User}}"""
        },
        { $$"""{"role":"system","content":null},{"role":"developer","content":"b"},{"role":"developer"},{"role":"developer","content":" "},{{User}}""", $$"""{"role":"system","content":"b"},{{User}}""" },
        { $$"""{"role":"system","content":"\"developer\""},{{User}}""", $$"""{"role":"system","content":"\"developer\""},{{User}}""" },
        { $$"""{"role":"system","content":"a"},{{User}},{"role":"system","content":"b"}""",
            $$"""{"role":"system","content":"a"},{{User}},{"role":"system","content":"b"}""" },
        { $$"""{"role":"user","content":"x","name":"developer"},{{User}}""",
            $$"""{"role":"user","content":"x","name":"developer"},{{User}}""" },
    };

    [Theory]
    [MemberData(nameof(Developer))]
    public void Developer_Messages_BecomeOneLeadingSystemMessage(string messages, string expected) =>
        Assert.Equal(expected, Edit(messages, Plain));

    [Theory]
    [MemberData(nameof(Developer))]
    public void Developer_ModelWithTheRole_GetsTheMessagesUnchanged(string messages, string expected)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(messages, Edit(messages, Plain with { DeveloperRole = true }));
    }

    [Fact]
    public void Developer_BesideThinking_BothAreEdited() =>
        Assert.Equal(
            $$"""{"role":"system","content":"d"},{"role":"assistant","content":"a"},{{User}}""",
            Edit($$"""{"role":"assistant","content":"<think>t</think>a"},{"role":"developer","content":"d"},{{User}}""",
                Plain with { History = ReasoningHistory.Strip }));

    [Theory]
    [InlineData("half an answ\\n\\n[Error: The model server closed the connection before the reply was complete.]", "half an answ")]
    [InlineData("a\\n\\n[Error: one]\\n\\nb\\n\\n[Error: two]", "a\\n\\n[Error: one]\\n\\nb")]
    [InlineData("\\n\\n[Error: CUDA out of memory]", "")]
    [InlineData("a [Error: x]", "a [Error: x]")]
    [InlineData("a\\n[Error: x]", "a\\n[Error: x]")]
    [InlineData("a\\n\\n[Error: x] b", "a\\n\\n[Error: x] b")]
    [InlineData("a\\n\\n[error: x]", "a\\n\\n[error: x]")]
    public void ErrorText_AtTheEndOfAnAssistantMessage_IsRemoved(string content, string expected)
    {
        Assert.Equal($$"""{"role":"assistant","content":"{{expected}}"},{{User}}""",
            Edit($$"""{"role":"assistant","content":"{{content}}"},{{User}}""", Plain));
        Assert.Equal($$"""{"role":"user","content":"{{content}}"}""", Edit($$"""{"role":"user","content":"{{content}}"}""", Plain));
    }

    [Theory]
    [InlineData("""[{"type":"text","text":"a\n\n[Error: x]"}]""", """[{"type":"text","text":"a"}]""")]
    [InlineData("""[{"type":"text","text":"b\n\n[Error: y]"},{"text":"a\n\n[Error: x]","type":"text"}]""",
        """[{"type":"text","text":"b\n\n[Error: y]"},{"text":"a","type":"text"}]""")]
    [InlineData("""[{"type":"text","text":"a\n\n[Error: x]"},{"type":"refusal","refusal":"no"}]""",
        """[{"type":"text","text":"a\n\n[Error: x]"},{"type":"refusal","refusal":"no"}]""")]
    [InlineData("""[{"type":"text","text":5},"a\n\n[Error: x]"]""", """[{"type":"text","text":5},"a\n\n[Error: x]"]""")]
    [InlineData("""["[Error: "]""", """["[Error: "]""")]
    [InlineData("[]", "\"\"")]
    public void ErrorText_AtTheEndOfTheLastPart_IsRemoved(string content, string expected)
    {
        Assert.Equal($$"""{"role":"assistant","content":{{expected}},"name":"[Error: "},{{User}}""",
            Edit($$"""{"role":"assistant","content":{{content}},"name":"[Error: "},{{User}}""", Plain));
        Assert.Equal($$"""{"role":"assistant","content":{{expected}}},{{User}}""",
            Edit($$"""{"role":"assistant","reasoning":"t","content":{{content}}},{{User}}""", Plain with { History = ReasoningHistory.Strip }));
    }

    [Fact]
    public void ErrorText_LongerThanAnErrorMessage_Stays()
    {
        var message = $$"""{"role":"assistant","content":"a\n\n[Error: {{new string('x', 2049)}}]"}""";

        Assert.Equal(message, Edit(message, Plain));
    }

    private static string Edit(string messages, Model model)
    {
        const string Before = """{"messages":[""";
        const string After = """],"model":"m"}""";
        var request = new ChatRequest(RequestJson.TryParse(Encoding.UTF8.GetBytes($"{Before}{messages}{After}"))!);
        var edited = UpstreamChatRequest.Create(request, model, isStreamed: false, wantsUsage: false).SelectMany(piece => piece.ToArray())
            .ToArray();
        using var document = JsonDocument.Parse(edited);
        var text = Encoding.UTF8.GetString(edited);
        return text[Before.Length..^After.Length];
    }
}
