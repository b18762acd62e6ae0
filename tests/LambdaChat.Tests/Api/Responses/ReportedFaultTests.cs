using System.Text.Json.Nodes;
using static LambdaChat.Tests.Api.Responses.ResponseReplyTests;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Reported faults of other programs that serve the Responses API and that no test of another class covers.</summary>
public sealed class ReportedFaultTests
{
    private static readonly string Role = Delta("""{"role":"assistant","content":""}""");
    private static readonly string Thought = Delta("""{"reasoning_content":"t"}""");
    private static readonly string Text = Delta("""{"content":"x"}""");

    private static readonly string[] Calls =
    [
        Delta("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"""),
        Delta("""{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]}"""),
    ];

    [Theory, Trait("reported", "R2 R29")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thinking_AfterARoleChunk_HasItsOwnItem(bool isText)
    {
        var body = await ResponseReply.StreamAsync([Role, Thought, Text, Stop], isText: isText);

        Assert.Equal(["reasoning", "message"], Types(ResponseReading.Of(body).Response));
        Assert.Equal(isText, body.Contains("response.reasoning_text.delta", StringComparison.Ordinal));
        Assert.Equal(isText ? 0 : 4, body.Split("\"summary_index\":0").Length - 1); // Part and text, each added and done.
    }

    [Theory, Trait("reported", "R5")]
    [InlineData("stop")]
    [InlineData("tool_calls")]
    public async Task Calls_AfterText_AreInTheResponse(string finish)
    {
        var (response, stream) = await ResponseReply.ReadAsync([Role, Text, .. Calls, Finish(finish)]);

        Assert.Equal(["message", "function_call", "function_call"], Types(response));
        Assert.Equal("response.completed", stream.Names[^1]);
    }

    [Fact, Trait("reported", "R23")]
    public async Task Calls_AfterThinking_BeginWhenItHasEnded()
    {
        var (response, stream) = await ResponseReply.ReadAsync([Role, Thought, .. Calls, Stop]);

        Assert.Equal(["reasoning", "function_call", "function_call"], Types(response));
        Assert.Equal(["response.output_item.done", "response.output_item.added"],
            stream.Names.SkipWhile(name => name != "response.reasoning_summary_part.done").Skip(1).Take(2));
    }

    [Fact, Trait("reported", "R31 R32 R33")]
    public async Task Events_OfEveryItem_HaveTheirMembers()
    {
        var body = await ResponseReply.StreamAsync([Thought, Text, Delta("""{"refusal":"no"}"""), .. Calls, Stop]);
        var events = body.Split("\n\n").Where(text => text.StartsWith("event: response.", StringComparison.Ordinal))
            .Select(text => JsonNode.Parse(text.Split("data: ")[1])!).ToList();

        Assert.All(NotEmpty(events.Where(data => data["item_id"] is not null || data["item"] is not null)),
            data => Assert.True((int)data["output_index"]! >= 0));
        Assert.All(
            NotEmpty(events.Where(
                data => data["part"] is not null || data["type"]!.ToString().Contains("output_text", StringComparison.Ordinal))),
            data => Assert.Equal(0, (int)(data["content_index"] ?? data["summary_index"])!));
        Assert.All(NotEmpty(events.Select(data => data["item"]).OfType<JsonNode>()), item =>
        {
            Assert.NotEmpty((string)item["id"]!);
            Assert.NotEmpty((string)item["type"]!);
            Assert.NotEmpty((string)item["status"]!);
        });
        Assert.All(NotEmpty(events.Select(data => data["part"]).OfType<JsonNode>().Where(part => (string?)part["type"] == "output_text")),
            part => Assert.Empty(part["annotations"]!.AsArray()));
    }

    [Theory, Trait("reported", "R36")]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":null,"total_tokens":null}""")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"prompt_tokens_details":null,"completion_tokens_details":null}""")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"prompt_tokens_details":{},"completion_tokens_details":{"reasoning_tokens":null}}""")]
    public async Task Usage_ThatIsMissingOrNull_HasNumbers(string? usage)
    {
        var (response, _) = await ResponseReply.ReadAsync(
            [Text, Stop, .. usage is null ? [] : (string[])[$$"""{"choices":[],"usage":{{usage}}}"""]]);

        Assert.Equal(
            """{"input_tokens":0,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":0,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":0}""",
            response["usage"]!.ToJsonString());
    }

    [Fact, Trait("reported", "R35")]
    public void Instructions_AndSystemMessages_AreOne() => Assert.Equal(
        """[{"role":"system","content":"i\n\nd\n\ns"},{"role":"user","content":"u"}]""",
        JsonNode.Parse(ResponseReply.Parse(
            """{"instructions":"i","input":[{"role":"developer","content":"d"},{"role":"user","content":"u"},{"role":"system","content":"s"}]}""")
            .ToChat().Span)!["messages"]!.ToJsonString());

    private static List<JsonNode> NotEmpty(IEnumerable<JsonNode> nodes)
    {
        List<JsonNode> all = [.. nodes];
        Assert.NotEmpty(all);
        return all;
    }

    private static IEnumerable<string?> Types(JsonNode response) => response["output"]!.AsArray().Select(item => (string?)item!["type"]);
}
